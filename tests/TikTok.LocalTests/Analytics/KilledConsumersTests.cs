using System.Globalization;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs.Models;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Projections;
using TikTok.Local.EventHubs;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Analytics;

/// <summary>Ten thousand watch events through the real log and the real host, which is killed three times while it counts them.</summary>
[Collection(nameof(ProductService))]
public sealed class KilledConsumersTests(ProductService service)
{
    private const int Events = 10_000;
    private const int Batch = 500;
    private const int Creators = 3;
    private const int Videos = 30;
    private const int Viewers = 40;

    /// <summary>How many views are counted when the process is killed.</summary>
    private static readonly int[] Kills = [1_000, 3_000, 6_000];

    private readonly VideoStore _videos = new(service.Cosmos);

    [Fact]
    public async Task Every_event_is_counted_once_everywhere()
    {
        var random = new Random(20260314);
        var creators = Ids(Creators);
        var viewers = Ids(Viewers);
        var videos = Ids(Videos);
        var accounts = new AccountStore(service.Cosmos);
        foreach (var id in creators.Concat(viewers)) await accounts.CreateAsync(ProductDatabase.NewAccount(id), CancellationToken.None);
        for (var i = 0; i < Videos; i++) await AddVideoAsync(videos[i], creators[i % Creators]);
        var watches = Enumerable.Range(0, Events).Select(_ => NewWatch(videos[Skewed(random)], viewers[random.Next(Viewers)], random)).ToList();

        var sending = SendAsync(watches);
        foreach (var counted in Kills)
        {
            await Eventually.TrueAsync(async () => (await _videos.FindManyAsync(videos, CancellationToken.None)).Sum(v => v.Counters.Views) >= counted);
            await service.KillFunctionsAsync();
        }
        await sending;
        await UntilAllIsReadAsync();

        foreach (var of in watches.GroupBy(w => w.VideoId!))
            Assert.Equal(of.Count(), (await _videos.FindAsync(of.Key, CancellationToken.None))!.Counters.Views);

        var history = new WatchStore(service.Cosmos, TimeProvider.System);
        var generations = Generations.Shown(await new ProjectionStateStore(service.Cosmos).ReadAsync(CancellationToken.None));
        foreach (var of in watches.GroupBy(w => w.UserId))
        {
            var seen = (await history.ListAsync(of.Key, null, Videos + 1, CancellationToken.None)).ToDictionary(w => w.VideoId, w => WatchLedger.Summarize(w, generations));
            Assert.Equal(
                of.GroupBy(w => w.VideoId!).Select(v => (v.Key, v.Count(), v.Sum(w => w.Watch!.WatchDurationMs))).Order(),
                seen.Select(s => (s.Key, s.Value.Times, s.Value.WatchedMs)).Order());
        }

        var stats = new CreatorStatsStore(service.Cosmos);
        var (first, last) = (DateOnly.FromDateTime(watches[0].At.UtcDateTime), DateOnly.FromDateTime(watches[^1].At.UtcDateTime));
        for (var i = 0; i < Creators; i++)
        {
            var own = watches.Where(w => videos.IndexOf(w.VideoId!) % Creators == i).ToList();
            var days = await stats.ListAsync(creators[i], CreatorDay.All, first, last, CancellationToken.None);
            var total = days.Where(d => generations.Of(d.Day) == d.Generation).SelectMany(d => d.Hours.Values).Aggregate((l, r) => l + r);
            Assert.Equal((own.Count, own.Sum(w => w.Watch!.WatchDurationMs)), (total.Views, total.WatchTimeMs));
            Assert.Equal(own.Count(w => w.Watch!.WatchDurationMs >= w.Watch.TotalDurationMs), total.Reached[^1]);
        }
    }

    private async Task SendAsync(List<Interaction> watches)
    {
        await using var producer = new EventHubProducerClient(service.EventHubsProcess.ConnectionString, Hubs.Interactions);
        var log = new InteractionLog(producer);
        for (var sent = 0; sent < Events; sent += Batch)
        {
            var batch = watches.Slice(sent, Batch);
            await log.AppendAsync(batch, CancellationToken.None);

            // A producer whose answer was lost sends again.
            if (sent % (4 * Batch) == 0) await log.AppendAsync(batch[..50], CancellationToken.None);
        }
    }

    /// <summary>Until the checkpoint of every consumer group is at the end of every partition: nothing is left that could still be counted.</summary>
    private async Task UntilAllIsReadAsync()
    {
        using var reader = new EventHubReader(service.EventHubsProcess.ConnectionString);
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var partition in await reader.GetPartitionIdsAsync(Hubs.Interactions, CancellationToken.None))
            ends[partition] = (await reader.GetPositionAsync(Hubs.Interactions, partition, CancellationToken.None)).LastSequenceNumber;
        string[] groups = [Hubs.ConsumerGroups.Counters, Hubs.ConsumerGroups.History, Hubs.ConsumerGroups.CreatorStats, Hubs.ConsumerGroups.Trending];

        var container = service.StorageProcess.Blobs.GetBlobContainerClient("azure-webjobs-eventhub");
        await container.CreateIfNotExistsAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var checkpoints = new Dictionary<string, long>(StringComparer.Ordinal);
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.Metadata, cancellationToken: patience.Token))
                checkpoints[string.Join('/', blob.Name.Split('/')[^3..])] = long.Parse(blob.Metadata["sequencenumber"], CultureInfo.InvariantCulture);
            if (groups.All(group => ends.All(end => end.Value < 0 || checkpoints.GetValueOrDefault($"{group}/checkpoint/{end.Key}", -1) >= end.Value))) return;
            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>A few videos get most of the views, as it is.</summary>
    private static int Skewed(Random random) => (int)(Videos * Math.Pow(random.NextDouble(), 3));

    private static Interaction NewWatch(string videoId, string userId, Random random) => new()
    {
        Id = Id.New(TimeProvider.System),
        Type = InteractionType.Watch,
        VideoId = videoId,
        UserId = userId,
        At = TimeProvider.System.GetUtcNow(),
        Watch = new WatchFacts(random.Next(0, 20_000), 15_000, WatchSource.Fyp),
    };

    private Task AddVideoAsync(string id, string userId) => _videos.TryCreateAsync(
        new Video
        {
            Id = id,
            VideoId = id,
            UserId = userId,
            Username = "creator",
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000 },
            Handovers = new Handovers { Published = TimeProvider.System.GetUtcNow() },
            CreatedAt = TimeProvider.System.GetUtcNow(),
            PublishedAt = TimeProvider.System.GetUtcNow(),
        },
        CancellationToken.None);

    private static List<string> Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Id.New(TimeProvider.System))];
}
