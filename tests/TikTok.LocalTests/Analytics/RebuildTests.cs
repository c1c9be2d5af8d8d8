using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Analytics.Rebuilding;
using TikTok.Functions.Analytics.Trending;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Analytics;

/// <summary>
/// A rebuild from the real log against what live events have counted, over the real store. Live readers are the product's own, fed from the log by hand, so that a
/// test decides who comes first.
/// </summary>
public sealed class RebuildTests : IClassFixture<EventHubsProcess>, IAsyncLifetime
{
    private readonly EventHubsProcess _hubs;
    private readonly ProductDatabase _database = new();
    private readonly LogReader _reader = new(NullLogger<LogReader>.Instance);
    private readonly Dictionary<string, long> _positions = new(StringComparer.Ordinal);
    private readonly List<string> _videos = [];
    private readonly string _creator = Id.New(TimeProvider.System);
    private readonly string _viewer = Id.New(TimeProvider.System);
    private EventHubProducerClient _producer = null!;
    private EventHubConsumerClient _consumer = null!;
    private ProjectionStateStore _states = null!;
    private LiveEvents _live = null!;
    private IReadOnlyList<IProjection> _projections = [];
    private Rebuild _rebuild = null!;

    public RebuildTests(EventHubsProcess hubs) => _hubs = hubs;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _producer = new EventHubProducerClient(_hubs.ConnectionString, Hubs.Interactions);
        _consumer = new EventHubConsumerClient(EventHubConsumerClient.DefaultConsumerGroupName, _hubs.ConnectionString, Hubs.Interactions);
        _states = new ProjectionStateStore(_database.Client);
        _live = new LiveEvents(_reader, _states);
        var directory = new VideoDirectory(new VideoStore(_database.Client), TimeProvider.System);
        _projections =
        [
            new WatchHistory(new WatchStore(_database.Client, TimeProvider.System), Accounts),
            new Trends(new TrendStore(_database.Client), directory, TimeProvider.System, NullLogger<Trends>.Instance),
            new CreatorStatistics(Stats, directory, Accounts),
        ];
        _rebuild = NewRebuild(_projections);
        await _database.AddAccountAsync(_creator);
        await _database.AddAccountAsync(_viewer);
        for (var i = 0; i < 5; i++) _videos.Add((await _database.AddVideoAsync(v => v with { UserId = _creator, Hashtags = ["cats"] })).VideoId);

        // The hub outlives a test: what is in it is not this test's.
        foreach (var partition in await _consumer.GetPartitionIdsAsync())
            _positions[partition] = (await _consumer.GetPartitionPropertiesAsync(partition)).LastEnqueuedSequenceNumber;
    }

    public async Task DisposeAsync()
    {
        await _producer.DisposeAsync();
        await _consumer.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_rebuild_comes_to_what_live_events_came_to()
    {
        await AppendAsync(300);
        await ReadLiveAsync();
        var counted = await FiguresAsync();

        var started = await _rebuild.StartAsync(CancellationToken.None);
        Assert.Null(await _rebuild.StartAsync(CancellationToken.None));
        await _rebuild.ContinueAsync(CancellationToken.None);

        var state = await _states.ReadAsync(CancellationToken.None);
        Assert.Equal((started!.Generation, null), (state.Current, state.Rebuild));
        Assert.Equal(counted, await FiguresAsync());
    }

    [Fact]
    public async Task What_is_counted_wrongly_is_right_after_a_rebuild_and_nothing_of_it_is_left()
    {
        await AppendAsync(60);
        await ReadLiveAsync();
        var right = await FiguresAsync();
        foreach (var day in await DaysAsync())
        {
            var wrong = day with { Hours = day.Hours.ToDictionary(h => h.Key, h => h.Value + h.Value) };
            await _database.Client.GetContainer(Containers.Database, Containers.CreatorStats).UpsertItemAsync(wrong, new PartitionKey(wrong.UserId));
        }
        Assert.NotEqual(right, await FiguresAsync());

        await _rebuild.StartAsync(CancellationToken.None);
        await _rebuild.ContinueAsync(CancellationToken.None);

        Assert.Equal(right, await FiguresAsync());
        Assert.All(await DaysAsync(), day => Assert.Equal(1, day.Generation));
    }

    [Fact]
    public async Task Live_events_before_during_and_after_a_rebuild_count_once()
    {
        await AppendAsync(150);
        await ReadLiveAsync();
        await AppendAsync(50);

        // Between the replay and the moment in which the new generation is shown, more comes and is counted in the old one.
        var late = new Interruption(_projections, async () =>
        {
            await AppendAsync(40);
            await ReadLiveAsync();
        });
        await _rebuild.StartAsync(CancellationToken.None);
        await NewRebuild([late]).ContinueAsync(CancellationToken.None);
        await AppendAsync(30);
        await ReadLiveAsync();

        Assert.Equal(270, (await FiguresAsync()).Views);
        Assert.Equal(270, (await FiguresAsync()).Times);
    }

    [Fact]
    public async Task A_rebuild_that_dies_anywhere_is_finished_by_the_next_run()
    {
        await AppendAsync(200);
        await ReadLiveAsync();
        var counted = await FiguresAsync();
        await _rebuild.StartAsync(CancellationToken.None);

        for (var writes = 1; ; writes++)
        {
            using var death = new CancellationTokenSource();
            var dying = new Interruption(_projections, after: writes, interrupt: death.CancelAsync);
            try
            {
                await NewRebuild([dying]).ContinueAsync(death.Token);
                if (!dying.HasHappened) break;
            }
            catch (OperationCanceledException)
            {
                // The next run goes on.
            }
        }

        Assert.Equal(counted, await FiguresAsync());
        Assert.Null((await _states.ReadAsync(CancellationToken.None)).Rebuild);
    }

    [Fact]
    public async Task Live_events_wait_while_the_generation_that_is_shown_lacks_what_came_before_them()
    {
        await AppendAsync(20);
        await ReadLiveAsync();
        await AppendAsync(20);
        var behind = new ProjectionRebuild { Generation = 1, From = DateTimeOffset.MinValue, StartedAt = TimeProvider.System.GetUtcNow() };
        await _states.ChangeAsync(s => s with { Eras = Generations.With(s.Eras, behind), Rebuild = behind }, CancellationToken.None);

        await Assert.ThrowsAsync<GenerationChangedException>(ReadLiveAsync);
        await _rebuild.ContinueAsync(CancellationToken.None);
        await ReadLiveAsync();

        Assert.Equal(40, (await FiguresAsync()).Views);
    }

    [Fact]
    public async Task A_batch_during_which_the_generation_changed_comes_again()
    {
        await AppendAsync(10);
        var change = new ProjectionRebuild { Generation = 1, From = DateTimeOffset.MinValue, StartedAt = TimeProvider.System.GetUtcNow() };
        var changing = new Interruption(_projections, () => _states.ChangeAsync(s => s with { Eras = Generations.With(s.Eras, change) }, CancellationToken.None));
        var (_, events) = (await UnreadAsync()).First(u => u.Events.Count > 0);

        await Assert.ThrowsAsync<GenerationChangedException>(() => _live.ApplyAsync(changing, events, CancellationToken.None));
        await ReadLiveAsync();

        Assert.Equal(10, (await FiguresAsync()).Views);
    }

    [Fact]
    public async Task A_rebuild_brings_nothing_back_of_accounts_that_are_gone()
    {
        await AppendAsync(20);
        await ReadLiveAsync();
        await EraseAsync(Containers.Watches, _viewer);
        await EraseAsync(Containers.CreatorStats, _creator);
        await Accounts.DeleteAsync(_viewer, CancellationToken.None);
        await Accounts.DeleteAsync(_creator, CancellationToken.None);

        await _rebuild.StartAsync(CancellationToken.None);
        await _rebuild.ContinueAsync(CancellationToken.None);

        var (views, _, _, times, _, _) = await FiguresAsync();
        Assert.Equal((0, 0), (views, times));
    }

    [Fact]
    public async Task The_command_begins_one_rebuild_at_a_time_and_tells_how_far_it_is()
    {
        await AppendAsync(5);
        var functions = new RebuildFunctions(_rebuild, _states);
        var request = new DefaultHttpContext().Request;

        var started = await functions.StartAsync(request, CancellationToken.None);
        var again = await Assert.ThrowsAsync<ProblemException>(() => functions.StartAsync(request, CancellationToken.None));
        var underWay = await functions.GetAsync(request, CancellationToken.None);
        await _rebuild.ContinueAsync(CancellationToken.None);
        var over = await Assert.ThrowsAsync<ProblemException>(() => functions.GetAsync(request, CancellationToken.None));

        Assert.Equal(StatusCodes.Status202Accepted, ((IStatusCodeHttpResult)started).StatusCode);
        Assert.Equal("/problems/rebuild-under-way", again.Problem.Type);
        Assert.Equal(StatusCodes.Status200OK, ((IStatusCodeHttpResult)underWay).StatusCode);
        Assert.Equal(StatusCodes.Status404NotFound, over.Problem.Status);
    }

    private AccountStore Accounts => new(_database.Client);

    private CreatorStatsStore Stats => new(_database.Client);

    /// <summary>Deletes a person's partition.</summary>
    private async Task EraseAsync(string containerName, string userId)
    {
        var container = _database.Client.GetContainer(Containers.Database, containerName);
        using var pages = container.GetItemQueryIterator<string>("SELECT VALUE c.id FROM c", requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKey(userId) });
        while (pages.HasMoreResults)
        {
            foreach (var id in await pages.ReadNextAsync()) (await container.DeleteItemStreamAsync(id, new PartitionKey(userId))).Dispose();
        }
    }

    private Rebuild NewRebuild(IReadOnlyList<IProjection> projections) =>
        new(_states, _consumer, _reader, projections, Stats, TimeProvider.System, NullLogger<Rebuild>.Instance);

    private Task AppendAsync(int count) => new InteractionLog(_producer).AppendAsync(
        [
            .. Enumerable.Range(0, count).Select(i => new Interaction
            {
                Id = Id.New(TimeProvider.System),
                Type = InteractionType.Watch,
                VideoId = _videos[i % _videos.Count],
                UserId = _viewer,
                At = TimeProvider.System.GetUtcNow(),
                Watch = new WatchFacts(100 * i % 20_000, 15_000, WatchSource.Fyp),
            }),
        ],
        CancellationToken.None);

    private async Task ReadLiveAsync()
    {
        foreach (var (partition, events) in await UnreadAsync())
        {
            foreach (var projection in _projections) await _live.ApplyAsync(projection, events, CancellationToken.None);
            if (events.Count > 0) _positions[partition] = events[^1].SequenceNumber;
        }
    }

    private async Task<IReadOnlyList<(string Partition, IReadOnlyList<EventData> Events)>> UnreadAsync()
    {
        var unread = new List<(string, IReadOnlyList<EventData>)>();
        foreach (var (partition, position) in _positions.ToList())
        {
            var events = new List<EventData>();
            var end = (await _consumer.GetPartitionPropertiesAsync(partition)).LastEnqueuedSequenceNumber;
            if (end > position)
            {
                await foreach (var item in _consumer.ReadEventsFromPartitionAsync(partition, EventPosition.FromSequenceNumber(position, isInclusive: false)))
                {
                    events.Add(item.Data);
                    if (item.Data.SequenceNumber >= end) break;
                }
            }
            unread.Add((partition, events));
        }
        return unread;
    }

    private async Task<IReadOnlyList<CreatorDay>> DaysAsync()
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        return await Stats.ListAsync(_creator, CreatorDay.All, today.AddDays(-1), today, CancellationToken.None);
    }

    /// <summary>What is shown, of this test's creator, viewer and videos.</summary>
    private async Task<(long Views, long WatchTimeMs, long Whole, int Times, long WatchedMs, double Weight)> FiguresAsync()
    {
        var generations = Generations.Shown(await _states.ReadAsync(CancellationToken.None));
        var total = (await DaysAsync()).Where(d => generations.Of(d.Day) == d.Generation).SelectMany(d => d.Hours.Values).Aggregate(Tally.Zero, (l, r) => l + r);
        var watches = await new WatchStore(_database.Client, TimeProvider.System).ListAsync(_viewer, null, 100, CancellationToken.None);
        var summaries = watches.Select(w => WatchLedger.Summarize(w, generations)).ToList();
        var weight = 0.0;
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        foreach (var day in new[] { today.AddDays(-1), today })
        {
            foreach (var partition in _positions.Keys)
            {
                var heaviest = await new TrendStore(_database.Client).HeaviestAsync(
                    new TrendBucket(generations.Of(day), day, partition), TrendKind.Videos, 1_000, CancellationToken.None);
                weight += heaviest.Where(h => _videos.Contains(h.Item)).Sum(h => h.Weight);
            }
        }
        return (total.Views, total.WatchTimeMs, total.Reached.LastOrDefault(), summaries.Sum(s => s.Times), summaries.Sum(s => s.WatchedMs), Math.Round(weight, 6));
    }

    /// <summary>Something happens, once, after so many batches have been counted.</summary>
    private sealed class Interruption(IReadOnlyList<IProjection> projections, Func<Task> interrupt, int after = 1) : IProjection
    {
        private int _batches;

        public bool HasHappened => Volatile.Read(ref _batches) >= after;

        public async Task ApplyAsync(IReadOnlyList<LoggedInteraction> events, Generations generations, CancellationToken cancellationToken)
        {
            foreach (var projection in projections) await projection.ApplyAsync(events, generations, cancellationToken);
            if (Interlocked.Increment(ref _batches) == after) await interrupt();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
