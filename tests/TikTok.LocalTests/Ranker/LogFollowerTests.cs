using System.Collections.Concurrent;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.State;

namespace TikTok.LocalTests.Ranker;

/// <summary>The log of a hub as the ranker follows it, through a hub that dies and comes back.</summary>
public sealed class LogFollowerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Fold _fold = new();
    private EventHubsProcess _hubs = null!;

    public async Task InitializeAsync() => _hubs = await EventHubsProcess.StartAsync();

    public async Task DisposeAsync() => await _hubs.DisposeAsync();

    [Fact]
    public async Task Every_event_is_applied_once_through_a_hub_that_dies_and_a_follower_that_begins_again()
    {
        await using var producer = new EventHubProducerClient(_hubs.ConnectionString, Hubs.Interactions);
        await using var consumer = new EventHubConsumerClient(Hubs.ConsumerGroups.RankerTrainer, _hubs.ConnectionString, Hubs.Interactions);
        var log = new InteractionLog(producer);
        var cursor = new LogCursor();
        await log.AppendAsync(Watches(0, 40), default);

        using (var first = Follower(consumer, cursor))
        {
            await first.StartAsync(default);
            await first.WhenCaughtUpAsync(default).WaitAsync(Patience);
            await _fold.ReachedAsync(40).WaitAsync(Patience);

            await _hubs.KillAsync();
            await _hubs.RestartAsync();
            await log.AppendAsync(Watches(40, 80), default);
            await _fold.ReachedAsync(80).WaitAsync(Patience);
            await first.StopAsync(default);
        }
        var saved = new MemoryStream();
        cursor.Save(saved);
        saved.Position = 0;
        var restored = new LogCursor();
        restored.Load(saved);
        await log.AppendAsync(Watches(80, 100), default);

        using var second = Follower(consumer, restored);
        await second.StartAsync(default);
        await _fold.ReachedAsync(100).WaitAsync(Patience);
        await second.StopAsync(default);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"event{i}").Order(StringComparer.Ordinal), _fold.Ids.Order(StringComparer.Ordinal));
        Assert.Equal(20, second.Applied);
    }

    private LogFollower Follower(EventHubConsumerClient consumer, LogCursor cursor) =>
        new(consumer, cursor, [_fold], _ => Task.CompletedTask, TimeProvider.System, NullLogger<LogFollower>.Instance);

    private static IReadOnlyList<Interaction> Watches(int from, int to) =>
    [
        .. Enumerable.Range(from, to - from).Select(i => new Interaction
        {
            Id = $"event{i}",
            Type = InteractionType.Watch,
            VideoId = $"video{i % 17}",
            UserId = "viewer",
            At = TimeProvider.System.GetUtcNow(),
            Watch = new WatchFacts(1_000, 10_000, WatchSource.Fyp),
        }),
    ];

    private sealed class Fold : IInteractionFold
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _awaited = [];
        private readonly List<string> _ids = [];

        public IReadOnlyList<string> Ids
        {
            get
            {
                lock (_ids) return [.. _ids];
            }
        }

        public void Apply(LoggedInteraction logged)
        {
            lock (_ids)
            {
                _ids.Add(logged.Interaction.Id);
                if (_awaited.TryGetValue(_ids.Count, out var reached)) reached.TrySetResult();
            }
        }

        public Task ReachedAsync(int count)
        {
            lock (_ids)
            {
                var reached = _awaited.GetOrAdd(count, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                if (_ids.Count >= count) reached.TrySetResult();
                return reached.Task;
            }
        }
    }
}
