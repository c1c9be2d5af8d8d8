using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Benchmarks.Rank;

/// <summary>
/// A large catalogue and people with a past, drawn from distributions of about the shape that real ones have, and the same for the same seed. Documents are made when they are asked for:
/// a million of them at once would be gigabytes.
/// </summary>
internal sealed class SyntheticCatalogue
{
    public const int HistoryPerPerson = 200;

    private const int Topics = 400;
    private const int TagsPerTopic = 20;
    private const int SoundsPerTopic = 100;
    private const int VideosPerCreator = 12;
    private const int FavouriteTopics = 6;
    private static readonly DateTimeOffset End = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Span = TimeSpan.FromDays(180);

    private readonly int[] _topicOfCreator;

    public SyntheticCatalogue(int videos, int people)
    {
        (Videos, People) = (videos, people);
        var random = new Random(1);
        _topicOfCreator = [.. Enumerable.Range(0, Math.Max(1, videos / VideosPerCreator)).Select(_ => Skewed(random, Topics))];
    }

    public int Videos { get; }

    public int People { get; }

    /// <summary>When the newest video was published, and the last swipe was made.</summary>
    public static DateTimeOffset Now => End;

    public static string UserId(int person) => IdOf(0x5000_0000 + person, End - Span);

    /// <summary>Ascending by time, so that the table is as a feed would fill it.</summary>
    public string VideoId(int video) => IdOf(video, PublishedAt(video));

    public Video Document(int video)
    {
        var random = new Random(video);
        var creator = CreatorOf(video);
        var topic = _topicOfCreator[creator];
        var id = VideoId(video);
        var length = (long)Math.Clamp(15_000 * Math.Exp(0.6 * Normal(random)), 5_000, 90_000);
        var popularity = Math.Exp(1.6 * Normal(random));
        var at = PublishedAt(video);
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = IdOf(0x6000_0000 + creator, End - Span),
            Username = $"creator_{creator}",
            Title = $"About topic{topic} and word{random.Next(20_000)} word{random.Next(20_000)}",
            Hashtags = [.. Enumerable.Range(0, 3).Select(_ => $"tag{topic}x{Skewed(random, TagsPerTopic)}").Distinct(StringComparer.Ordinal)],
            SoundId = $"sound{topic}x{Skewed(random, SoundsPerTopic)}",
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = length * 300, DurationMs = length },
            Counters = new VideoCounters { Views = (long)(200 * popularity), Likes = (long)(8 * popularity), Comments = (long)(0.7 * popularity), Shares = (long)popularity },
            CreatedAt = at,
            PublishedAt = at,
        };
    }

    /// <summary>What somebody watched, oldest first: mostly of a few topics, which they watch for longer.</summary>
    public IEnumerable<Interaction> History(int person)
    {
        var random = new Random(1_000_003 + person);
        var favourites = Enumerable.Range(0, FavouriteTopics).Select(_ => Skewed(random, Topics)).ToHashSet();
        var userId = UserId(person);
        for (var i = 0; i < HistoryPerPerson; i++)
        {
            var (video, liked) = (0, false);
            for (var attempt = 0; attempt < 40 && !liked; attempt++)
            {
                video = random.Next(Videos);
                liked = favourites.Contains(_topicOfCreator[CreatorOf(video)]);
            }
            var at = End.AddMinutes(-10 * (HistoryPerPerson - i)).AddSeconds(-random.Next(600));
            var length = 10_000 + random.Next(20_000);
            var watched = liked ? length * (50 + random.Next(60)) / 100 : 500 + random.Next(length / 2);
            yield return new Interaction
            {
                Id = $"{person}-{i}",
                Type = InteractionType.Watch,
                UserId = userId,
                VideoId = VideoId(video),
                At = at,
                Watch = new WatchFacts(watched, length, WatchSource.Fyp),
            };
            if (liked && random.Next(8) == 0) yield return new Interaction { Id = $"{person}-{i}l", Type = InteractionType.Like, UserId = userId, VideoId = VideoId(video), At = at };
        }
    }

    private DateTimeOffset PublishedAt(int video) => End - Span + (Span * ((video + 1.0) / (Videos + 1)));

    private int CreatorOf(int video) => (int)((Scrambled(video) >> 32) * (ulong)_topicOfCreator.Length >> 32);

    /// <summary>Small numbers more often.</summary>
    private static int Skewed(Random random, int count) => (int)(count * Math.Pow(random.NextDouble(), 2));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    private static ulong Scrambled(int number)
    {
        var z = (ulong)(uint)number * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 27);
    }

    /// <summary>A UUIDv7 whose random bits are the number's.</summary>
    private static string IdOf(int number, DateTimeOffset at)
    {
        var bits = Scrambled(number);
        return Id.Format(new UInt128(((ulong)at.ToUnixTimeMilliseconds() << 16) | 0x7000 | (bits >> 52), 0x8000000000000000 | (bits & 0x3FFFFFFFFFFFFFFF)));
    }
}
