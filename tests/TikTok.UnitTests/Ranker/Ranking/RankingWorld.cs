using TikTok.Core;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Ranking;

/// <summary>Some videos with statistics, embeddings for their ids, and people made of random numbers.</summary>
internal sealed class RankingWorld
{
    public const uint Now = 1_772_000_000;

    public RankingWorld(int videos = 40, int seed = 1)
    {
        Random = new Random(seed);
        Embeddings = new EmbeddingTable(new EmbeddingTableOptions { Dimensions = DlrmShape.EmbeddingSize, HashSeed = 1 }, new FakeTime());
        for (var i = 0; i < videos; i++) AddVideo(i);
        for (var i = 0; i < 12; i++) Embeddings.Writer.Observe(FeatureId.Of(Field.Hashtag, $"tag{i}"));
        foreach (var country in (string[])["DE", "BR"]) Embeddings.Writer.Observe(FeatureId.Of(Field.Country, country));
    }

    public Random Random { get; }

    public VideoTable Videos { get; } = new();

    public EmbeddingTable Embeddings { get; }

    public FeatureExtractor Extractor => new(Videos, Embeddings);

    public PersonView Person(int history = 20, int tastes = 10)
    {
        var person = new PersonView
        {
            User = FeatureId.Of(Field.User, "person"),
            Country = CountryCode.Of("DE"),
            Swipes = history * 3,
            SessionSwipes = history,
            Followed = new HashSet<long> { Creator(1), Creator(2) },
        };
        Embeddings.Writer.Observe(person.User);
        person.SetHistory([.. Enumerable.Range(0, history).Select(i => new HistoryEntry(
            Videos[Random.Next(Videos.Count)].Video, Random.NextSingle() * 2, (SwipeSignals)Random.Next(64), Now - (uint)(i * 30)))]);
        person.SetInterests([Hashtag(0), Hashtag(3)]);
        for (var i = 0; i < tastes; i++)
        {
            person.Creators.Add(Creator(i), (Random.NextSingle() * 2) - 1);
            person.Sounds.Add(FeatureId.Of(Field.Sound, $"sound{i % 5}"), (Random.NextSingle() * 2) - 1);
            person.Hashtags.Add(Hashtag(i % 12), (Random.NextSingle() * 2) - 1);
        }
        return person;
    }

    public static long Creator(int number) => FeatureId.Of(Field.Creator, $"creator{number % 8}");

    public static long Hashtag(int number) => FeatureId.Of(Field.Hashtag, $"tag{number}");

    private void AddVideo(int number)
    {
        ref var video = ref Videos.Add(Id.Format((UInt128)(number + 1)), Creator(number), out _);
        video.Sound = number % 3 == 0 ? FeatureId.None : FeatureId.Of(Field.Sound, $"sound{number % 5}");
        for (var i = 0; i < number % (VideoHashtags.Capacity + 1); i++) video.Hashtags[i] = Hashtag(((number * 5) + i) % 12);
        video.PublishedAt = Now - (uint)Random.Next(1_000_000);
        video.DurationMs = (uint)Random.Next(1_000, 120_000);
        video.Flags = VideoFlags.Listed;
        video.Country = CountryCode.Of(number % 2 == 0 ? "DE" : "BR");
        var impressions = (float)Random.Next(10_000);
        video.Statistics = new VideoStatistics
        {
            Impressions = impressions,
            WatchRatio = impressions * Random.NextSingle(),
            Finishes = impressions * Random.NextSingle(),
            Skips = impressions * Random.NextSingle(),
            Likes = impressions * Random.NextSingle() / 10,
            Trend = impressions / 3,
            TrendAt = Now - 1_000,
        };
        foreach (var id in (long[])[video.Video, video.Creator, video.Sound])
        {
            if (id != FeatureId.None) Embeddings.Writer.Observe(id);
        }
    }
}
