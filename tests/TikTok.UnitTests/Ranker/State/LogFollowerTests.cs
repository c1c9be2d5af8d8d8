using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Events;
using TikTok.Ranker.State;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.State;

public sealed class LogFollowerTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTime _time = new(Begin.AddDays(1));
    private readonly Fold _fold = new();

    [Fact]
    public async Task Partitions_are_merged_by_the_time_of_their_events()
    {
        var (first, second) = (new WrittenLog("0", Begin), new WrittenLog("1", Begin + (Minute / 2)));
        for (var i = 0; i < 20; i++)
        {
            first.Watch($"a{i}").Wait(Minute);
            second.Watch($"b{i}").Wait(Minute);
        }

        await FollowAsync(new Log(first, second));

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => (string[])[$"a{i}", $"b{i}"]), _fold.Videos);
    }

    [Fact]
    public async Task Every_event_is_applied_once_to_every_fold_in_order()
    {
        var order = new List<string>();
        var log = new Log(new WrittenLog("0", Begin).Watch("a").Repeat(0).Watch("b"));

        var follower = await FollowAsync(log, folds: [new Named("trainer", order), new Named("people", order)]);

        Assert.Equal(["trainer a", "people a", "trainer b", "people b"], order);
        Assert.Equal((2, 1, 0), (follower.Applied, follower.Repeated, follower.Failed));
    }

    [Fact]
    public async Task What_cannot_be_read_or_taken_is_passed_over_and_counted()
    {
        var log = new Log(new WrittenLog("0", Begin).Watch("a").Watch("b").Watch("c")) { Unreadable = 1 };

        var follower = await FollowAsync(log, folds: [new Fails(), _fold]);

        Assert.Equal(["a", "c"], _fold.Videos);
        Assert.Equal(3, follower.Failed);
    }

    [Fact]
    public async Task A_broken_connection_is_made_again_where_it_broke()
    {
        var log = new Log(new WrittenLog("0", Begin).Watch("a").Watch("b").Watch("c")) { BreaksAfter = 2 };

        await FollowAsync(log, time: new Hurried(Begin.AddDays(1)));

        Assert.Equal(["a", "b", "c"], _fold.Videos);
        Assert.Equal([0L, 2], log.Positions);
    }

    [Fact]
    public async Task It_goes_on_behind_what_was_applied()
    {
        var written = new WrittenLog("0", Begin).Watch("a").Watch("b").Watch("c");
        var cursor = new LogCursor();
        cursor.TryTake(written.Events[0]);
        cursor.TryTake(written.Events[1]);

        await FollowAsync(new Log(written), cursor);

        Assert.Equal(["c"], _fold.Videos);
    }

    [Fact]
    public async Task Work_between_events_sees_whole_events_and_its_failure_is_its_callers()
    {
        var log = new Log(new WrittenLog("0", Begin).Watch("a").Watch("b"));
        var follower = Follower(log, new LogCursor(), [_fold]);
        await follower.StartAsync(default);
        await follower.WhenCaughtUpAsync(default);

        Assert.Equal(2, await follower.BetweenEventsAsync(() => _fold.Videos.Count, default));
        await Assert.ThrowsAsync<InvalidDataException>(() => follower.BetweenEventsAsync<int>(() => throw new InvalidDataException(), default));
        Assert.Equal(2, await follower.BetweenEventsAsync(() => _fold.Videos.Count, default));

        await follower.StopAsync(default);
    }

    private async Task<LogFollower> FollowAsync(Log log, LogCursor? cursor = null, IReadOnlyList<IInteractionFold>? folds = null, TimeProvider? time = null)
    {
        var follower = Follower(log, cursor ?? new LogCursor(), folds ?? [_fold], time);
        await follower.StartAsync(default);
        await follower.WhenCaughtUpAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
        await follower.StopAsync(default);
        return follower;
    }

    private LogFollower Follower(Log log, LogCursor cursor, IReadOnlyList<IInteractionFold> folds, TimeProvider? time = null) =>
        new(log, cursor, folds, _ => Task.CompletedTask, time ?? _time, NullLogger<LogFollower>.Instance);

    /// <summary>Every wait is over at once.</summary>
    private sealed class Hurried(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }

    private sealed class Fold : IInteractionFold
    {
        public List<string> Videos { get; } = [];

        public void Apply(LoggedInteraction logged) => Videos.Add(logged.Interaction.VideoId!);
    }

    private sealed class Named(string name, List<string> order) : IInteractionFold
    {
        public void Apply(LoggedInteraction logged) => order.Add($"{name} {logged.Interaction.VideoId}");
    }

    private sealed class Fails : IInteractionFold
    {
        public void Apply(LoggedInteraction logged) => throw new InvalidOperationException("It cannot be taken.");
    }

    /// <summary>Written partitions as a hub has them: after their last event there is silence.</summary>
    private sealed class Log(params WrittenLog[] partitions)
        : EventHubConsumerClient("group", "Endpoint=sb://log.invalid/;SharedAccessKeyName=a;SharedAccessKey=a2V5", Hubs.Interactions)
    {
        public int? Unreadable { get; init; }

        public int? BreaksAfter { get; set; }

        public List<long> Positions { get; } = [];

        public override Task<string[]> GetPartitionIdsAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult(partitions.Select((_, i) => $"{i}").ToArray());

        public override async IAsyncEnumerable<PartitionEvent> ReadEventsFromPartitionAsync(
            string partitionId, EventPosition startingPosition, ReadEventOptions readOptions, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var events = partitions[int.Parse(partitionId)].Events;
            var first = Enumerable.Range(0, events.Count).FirstOrDefault(i => EventPosition.FromSequenceNumber(i).Equals(startingPosition));
            lock (Positions) Positions.Add(first);
            var context = new Context(partitionId);
            for (var i = first; i < events.Count; i++)
            {
                if (i == BreaksAfter)
                {
                    BreaksAfter = null;
                    throw new IOException("The connection broke.");
                }
                yield return new PartitionEvent(context, Data(events[i], i == Unreadable));
            }
            yield return default;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        private static EventData Data(LoggedInteraction logged, bool isUnreadable)
        {
            var body = isUnreadable ? "no interaction"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(logged.Interaction, CoreJson.Options);
            return EventHubsModelFactory.EventData(
                new BinaryData(body), new Dictionary<string, object> { [InteractionLog.PartitionProperty] = logged.Partition }, sequenceNumber: logged.SequenceNumber,
                enqueuedTime: logged.EnqueuedAt);
        }

        private sealed class Context(string partition) : PartitionContext("log.invalid", Hubs.Interactions, "group", partition);
    }
}
