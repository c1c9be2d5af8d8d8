using System.Numerics.Tensors;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;

namespace TikTok.Simulation.Feeds;

/// <summary>
/// The simple recommender that the product's requirements describe: a video's embedding of its hashtags, sound and creator; a person's, the moving average of those they watched,
/// 0.9 of the old and 0.1 of the new one, which counts +1 when more than half was watched and −0.5 else; then the largest cosines, one video per creator.
/// </summary>
/// <remarks>The embedding of an id is a random direction of its own, so that the cosine of two videos says how much they share. Who has watched nothing sees what is popular.</remarks>
public sealed class EmbeddingAverageFeed : IFeed
{
    private const int Dimensions = 64;
    private const int Candidates = 500;

    private readonly KnownVideos _videos = new();
    private readonly PopularityFeed _popular = new();
    private readonly List<string> _creators = [];
    private readonly Dictionary<string, float[]> _people = new(StringComparer.Ordinal);
    private float[] _embeddings = new float[1024 * Dimensions];

    public string Name => "embedding average";

    public void Publish(Video video)
    {
        _popular.Publish(video);
        var number = _videos.Add(video.VideoId);
        _creators.Add(video.UserId);
        if (_embeddings.Length < _videos.Count * Dimensions) Array.Resize(ref _embeddings, _embeddings.Length * 2);
        var embedding = Embedding(number);
        foreach (var hashtag in video.Hashtags) AddDirection(embedding, FeatureId.Of(Field.Hashtag, hashtag));
        AddDirection(embedding, FeatureId.Of(Field.Sound, video.SoundId));
        AddDirection(embedding, FeatureId.Of(Field.Creator, video.UserId));
        TensorPrimitives.Divide(embedding, TensorPrimitives.Norm(embedding), embedding);
    }

    /// <summary>The quiz: the mean of the chosen hashtags.</summary>
    public void Join(Profile profile)
    {
        if (profile.Interests.Count == 0) return;
        var person = _people[profile.UserId] = new float[Dimensions];
        foreach (var hashtag in profile.Interests) AddDirection(person, FeatureId.Of(Field.Hashtag, hashtag));
        TensorPrimitives.Divide(person, TensorPrimitives.Norm(person), person);
    }

    public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now)
    {
        if (!_people.TryGetValue(userId, out var person)) return _popular.NextAsync(userId, count, session, now);
        var seen = _videos.SeenBy(userId);
        var best = new BestOf(Candidates);
        for (var number = 0; number < _videos.Count; number++)
        {
            if (!seen.Contains(number)) best.Add(number, TensorPrimitives.Dot<float>(person, Embedding(number)));
        }
        return new([.. best.Descending().DistinctBy(c => _creators[c.Number], StringComparer.Ordinal).Take(count).Select(c => _videos.IdOf(c.Number))]);
    }

    public void Observe(LoggedInteraction logged)
    {
        _popular.Observe(logged);
        if (_videos.Watched(logged.Interaction) is not { } number || logged.Interaction.Watch is not { } watch) return;
        var weight = watch.WatchDurationMs > 0.5 * watch.TotalDurationMs ? 1f : -0.5f;
        if (!_people.TryGetValue(logged.Interaction.UserId, out var person)) person = _people[logged.Interaction.UserId] = new float[Dimensions];
        TensorPrimitives.Multiply(person, 0.9f, person);
        TensorPrimitives.MultiplyAdd(Embedding(number), 0.1f * weight, person, person);
    }

    private Span<float> Embedding(int number) => _embeddings.AsSpan(number * Dimensions, Dimensions);

    private static void AddDirection(Span<float> sum, long id)
    {
        if (id == FeatureId.None) return;
        var noise = Noise.Of((ulong)id, NoiseOf.Feed);
        foreach (ref var component in sum) component += noise.Normal();
    }
}
