using TikTok.Core;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Reranking;

/// <summary>Candidates with values, and somebody to make a page for.</summary>
internal sealed class Scene
{
    /// <summary>Unix seconds. Unless it says otherwise a video is as old as time.</summary>
    public const uint Now = 1_900_000_000;

    private int _published;

    public VideoTable Videos { get; } = new();

    public Candidates Candidates { get; } = new();

    public PersonView Person { get; } = new() { User = 1, AsCreator = 2, IsTeen = false };

    public RerankingOptions Options { get; set; } = new();

    public List<long> Session { get; } = [];

    public static long Creator(int number) => FeatureId.Of(Field.Creator, $"creator {number}");

    public static long Hashtag(int number) => FeatureId.Of(Field.Hashtag, $"hashtag {number}");

    /// <summary>A video that may be shown to everybody, and is a candidate.</summary>
    public ref VideoRow Add(float value, int creator, CandidatePools pools = CandidatePools.Nearest, params ReadOnlySpan<int> hashtags)
    {
        ref var video = ref Publish(creator, hashtags);
        var candidate = Candidates.Add(Videos.Count - 1, pools);
        Candidates.Values[candidate] = value;
        return ref video;
    }

    public ref VideoRow Publish(int creator, params ReadOnlySpan<int> hashtags)
    {
        ref var video = ref Videos.Add(Id.Format(new UInt128(1, (ulong)_published++)), Creator(creator), out _);
        video.Flags = VideoFlags.Listed;
        for (var i = 0; i < hashtags.Length; i++) video.Hashtags[i] = Hashtag(hashtags[i]);
        return ref video;
    }

    /// <summary>Any mixture of everything that the rules are about.</summary>
    public static Scene Of(int seed)
    {
        var random = new Random(seed);
        var scene = new Scene();
        var person = scene.Person;
        var creators = random.Next(1, 60);
        (person.IsTeen, person.Swipes) = (random.Next(3) == 0, random.Next(80));
        person.Avoided = Enumerable.Range(0, creators).Where(_ => random.Next(8) == 0).Select(Creator).ToHashSet();
        person.Hashtags.Add(Hashtag(1), 0.5f);
        var watched = new WatchedVideos();
        person.Watched = watched;
        for (int i = 0, count = random.Next(400); i < count; i++)
        {
            ref var video = ref scene.Add(random.NextSingle(), random.Next(creators), (CandidatePools)random.Next(1, 256), random.Next(6), random.Next(6, 12));
            video.Sound = random.Next(5);
            video.Flags = (VideoFlags)((random.Next(10) > 0 ? 1 : 0) | (random.Next(5) == 0 ? 2 : 0) | (random.Next(15) == 0 ? 4 : 0));
            if (random.Next(20) == 0) video.Creator = person.AsCreator;
            if (random.Next(10) == 0) watched.Add(video.Video);
            if (random.Next(10) == 0) video.Statistics = new VideoStatistics { Impressions = 1_000, Skips = 950 };
            if (random.Next(10) == 0) scene.Session.Add(video.Video);
        }
        for (var i = random.Next(4); i > 0; i--) scene.Session.Add(random.NextInt64());
        return scene;
    }

    public Pick[] Rerank(int count, long seed = 1)
    {
        var picks = new Pick[count];
        return picks[..Reranker.Rerank(Person, Candidates, Videos, Options, Session.ToArray(), Now, seed, picks)];
    }

    public ref readonly VideoRow VideoOf(int candidate) => ref Videos[Candidates.Rows[candidate]];
}
