using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Benchmarks.Harness;

/// <summary>People and their videos, written through the product's own stores, so that their documents are what the API would have written.</summary>
internal sealed class Population
{
    private const int AtOnce = 24;
    private const int LikesPerAccount = 5;
    private static readonly string[] Topics = ["cats", "cooking", "dance", "football", "gardens", "history", "jokes", "music", "physics", "travel"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly BenchService _service;

    private Population(BenchService service, IReadOnlyList<Account> accounts, IReadOnlyList<string> videoIds) =>
        (_service, Accounts, VideoIds) = (service, accounts, videoIds);

    public IReadOnlyList<Account> Accounts { get; }

    public IReadOnlyList<string> VideoIds { get; }

    /// <summary>Writes them, and answers when what follows from them is done: the ranker knows every video, and every list and mirror is kept.</summary>
    public static async Task<Population> SettleAsync(BenchService service, int accounts, int videos, BenchmarkContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var random = new Random(20260314);
        var people = Enumerable.Range(0, accounts).Select(i => NewAccount(i, random, context.Time)).ToList();
        var clips = Enumerable.Range(0, videos).Select(i => NewVideo(people[i % accounts], i, random, context.Time)).ToList();
        var population = new Population(service, people, [.. clips.Select(v => v.VideoId)]);

        var accountStore = new AccountStore(service.Cosmos);
        await EachAsync(people, person => accountStore.CreateAsync(person, cancellationToken), cancellationToken);
        var videoStore = new VideoStore(service.Cosmos);
        await EachAsync(clips, clip => videoStore.TryCreateAsync(clip, cancellationToken), cancellationToken);
        var likes = new LikeStore(service.Cosmos, context.Time);
        var liked = people.SelectMany(person => Enumerable.Range(0, LikesPerAccount).Select(_ => (person.UserId, clips[Skewed(random, videos)].VideoId))).Distinct().ToList();
        await EachAsync(liked, like => likes.SetAsync(like.UserId, like.VideoId, liked: true, cancellationToken), cancellationToken);
        context.Log($"{accounts} accounts, {videos} videos, {liked.Count} likes written in {context.Time.GetElapsedTime(started).TotalSeconds:0} s");

        await population.UntilAsync(Containers.UserVideos, "SELECT VALUE COUNT(1) FROM c", videos, context.Time, cancellationToken);
        await population.UntilAsync(Containers.Edges, "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'like'", liked.Count, context.Time, cancellationToken);
        context.Log($"settled after {context.Time.GetElapsedTime(started).TotalSeconds:0} s");
        return population;
    }

    /// <summary>Makes each of the first <paramref name="followers"/> accounts follow <paramref name="each"/> of those after them.</summary>
    public async Task FollowAsync(int followers, int each, TimeProvider time, CancellationToken cancellationToken)
    {
        var edges = new AccountEdgeStore(_service.Cosmos, time);
        await EachAsync(
            Enumerable.Range(0, followers),
            async follower =>
            {
                for (var i = 0; i < each; i++)
                {
                    var target = Accounts[followers + (((follower * each) + i) % (Accounts.Count - followers))];
                    await edges.ChangeAsync(Accounts[follower].UserId, target.UserId, e => e with { Follow = FollowState.Following }, cancellationToken);
                }
            },
            cancellationToken);
        await UntilAsync(Containers.EdgesIn, "SELECT VALUE COUNT(1) FROM c WHERE c.type = 'accountEdge'", followers * each, time, cancellationToken);
    }

    /// <summary>A few videos get most of the attention, as it is.</summary>
    public static int Skewed(Random random, int count) => (int)(count * Math.Pow(random.NextDouble(), 3));

    private async Task UntilAsync(string containerName, string count, int expected, TimeProvider time, CancellationToken cancellationToken)
    {
        var container = _service.Cosmos.GetContainer(Containers.Database, containerName);
        var started = time.GetTimestamp();
        while (true)
        {
            long found = 0;
            using (var pages = container.GetItemQueryIterator<long>(count))
            {
                while (pages.HasMoreResults) found += (await pages.ReadNextAsync(cancellationToken)).Sum();
            }
            if (found >= expected) return;
            if (time.GetElapsedTime(started) > Patience) throw new TimeoutException($"{containerName} has {found} of {expected} documents.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, Task> write, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, _) => await write(item));

    /// <summary>Somebody who cannot sign in with a password.</summary>
    public static Account NewAccount(int number, Random random, TimeProvider time)
    {
        var id = Id.New(time);
        return new Account
        {
            Id = id,
            UserId = id,
            Username = $"person_{number}",
            DisplayName = $"Person {number}",
            Bio = "Somebody who watches and is watched.",
            PasswordHash = "",
            BirthDate = new DateOnly(1990, 1, 1),
            Country = "DE",
            Interests = [.. random.GetItems(Topics, 3).Distinct()],
            CreatedAt = time.GetUtcNow(),
        };
    }

    /// <summary>Ready and public, of the last three days, with all that follows from its publication handed over.</summary>
    public static Video NewVideo(Account creator, int number, Random random, TimeProvider time)
    {
        var id = Id.New(time);
        var at = time.GetUtcNow() - TimeSpan.FromDays(3 * random.NextDouble());
        var views = (long)(20 / (random.NextDouble() + 0.001));
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = creator.UserId,
            Username = creator.Username,
            Title = $"What happened on day {number}",
            Description = "A description of a usual length, with a few words about what is to be seen, and why one should look at it to the end.",
            Hashtags = [.. random.GetItems(Topics, 3).Distinct()],
            SoundId = $"sound-{random.Next(500)}",
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 8_000_000, DurationMs = 21_000, LandedAt = at, LandedBytes = 8_000_000, CompletedAt = at },
            Probe = new MediaProbe { Container = "mov,mp4", VideoCodec = "h264", AudioCodec = "aac", DurationMs = 21_000, Width = 1080, Height = 1920, FrameRate = 30 },
            Progress = 100,
            Renditions = [NewRendition("240p", 240), NewRendition("480p", 480), NewRendition("720p", 720), NewRendition("1080p", 1080)],
            ThumbnailCount = 3,
            TranscodedAt = at,
            MediaContainer = Core.Storage.BlobContainers.Media,
            Handovers = new Handovers { Probe = at, Transcode = at, Published = at, UploadRemoved = at },
            Counters = new VideoCounters { Views = views, Likes = views / 12, Comments = views / 90, Shares = views / 150 },
            CreatedAt = at,
            PublishedAt = at,
        };
    }

    private static Rendition NewRendition(string name, int width) => new()
    {
        Name = name,
        Width = width,
        Height = width * 16 / 9,
        FrameRate = 30,
        Codecs = "avc1.64001e,mp4a.40.2",
        Bandwidth = width * 3_000,
        AverageBandwidth = width * 2_400,
        Bytes = width * 6_300,
    };
}
