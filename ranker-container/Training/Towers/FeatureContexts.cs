using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Training.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// What hashtags, sounds, creators and words mean by the company they keep, without anybody having watched anything: a feature's context is the sum of the coins of the features that it
/// shares a video with (random indexing: Kanerva, Kristoferson and Holst, CogSci 2000). So hashtags of one topic come to lie together, and with them the creators and sounds of that topic.
/// </summary>
/// <remarks>
/// What is in every other video says nothing: a feature counts a ÷ (a + its share of videos), the smooth inverse frequency of Arora, Liang and Ma (ICLR 2017). Derived from the
/// videos that there are, and from nothing else: it may be run at any time, and twice.
/// </remarks>
public sealed class FeatureContexts(VideoTable videos, TowerTable towers, VideoSpace space)
{
    /// <summary>a of the smooth inverse frequency.</summary>
    private const float CommonShare = 0.01f;

    /// <summary>In a single video a feature has no meaning beyond the others there.</summary>
    private const int FewestVideos = 2;

    /// <summary>Reads all videos, while others write them; changes nothing. Two passes.</summary>
    /// <returns>What puts the contexts that moved into the table, to be called by the table's writer; it returns how many these were.</returns>
    public Func<int> Learn(CancellationToken cancellationToken)
    {
        var count = videos.Count;
        var (counts, listed) = Count(count, cancellationToken);
        var places = new Dictionary<long, int>();
        foreach (var (feature, times) in counts)
        {
            if (times >= FewestVideos) places.Add(feature, places.Count);
        }
        var contexts = new DenseMatrix(places.Count, towers.Options.Dimensions - TowerVector.Extra);
        Sum(count, counts, listed, places, contexts, cancellationToken);
        return () => Put(places, contexts);
    }

    private (Dictionary<long, int> Counts, int Listed) Count(int rows, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<long, int>();
        var listed = 0;
        Span<long> ids = stackalloc long[ContentFeatures.Capacity];
        Span<float> weights = stackalloc float[ContentFeatures.Capacity];
        for (var row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!videos[row].IsListed) continue;
            listed++;
            foreach (var id in ids[..ContentFeatures.Read(videos[row], space.Words[row], ids, weights)]) CollectionsMarshal.GetValueRefOrAddDefault(counts, id, out _)++;
        }
        return (counts, listed);
    }

    private void Sum(int rows, Dictionary<long, int> counts, int listed, Dictionary<long, int> places, DenseMatrix contexts, CancellationToken cancellationToken)
    {
        Span<long> ids = stackalloc long[ContentFeatures.Capacity];
        Span<float> weights = stackalloc float[ContentFeatures.Capacity];
        Span<float> all = stackalloc float[contexts.Columns];
        for (var row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!videos[row].IsListed) continue;
            var count = ContentFeatures.Read(videos[row], space.Words[row], ids, weights);
            all.Clear();
            for (var i = 0; i < count; i++)
            {
                // One that was not there a moment ago is counted the next time.
                weights[i] *= CommonShare / (CommonShare + (counts.GetValueOrDefault(ids[i], 1) / (float)listed));
                TowerTable.AddCoins(ids[i], weights[i], all);
            }
            for (var i = 0; i < count; i++)
            {
                if (!places.TryGetValue(ids[i], out var place)) continue;
                var context = contexts.Row(place);
                TensorPrimitives.Add(context, all, context);
                TowerTable.AddCoins(ids[i], -weights[i], context);
            }
        }
    }

    private int Put(Dictionary<long, int> places, DenseMatrix contexts)
    {
        var moved = 0;
        foreach (var (feature, place) in places)
        {
            if (contexts.Row(place).ContainsAnyExcept(0f) && towers.PutContext(feature, contexts.Row(place))) moved++;
        }
        if (moved > 0) towers.Changed();
        return moved;
    }
}
