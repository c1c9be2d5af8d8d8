using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Ranking;

/// <summary>
/// Makes the model's inputs of a person and some videos. Serving and training go through the same methods, so that the model is asked what it was taught.
/// Any number of threads; allocates nothing.
/// </summary>
/// <param name="embeddings">Of <see cref="DlrmShape.EmbeddingSize"/>; all fields in one table, for a <see cref="FeatureId"/> is of one field alone.</param>
public sealed unsafe class FeatureExtractor(VideoTable videos, EmbeddingTable embeddings)
{
    /// <summary>Videos that are worked on together: few enough for their rows to be still in the cache when the second loop needs them.</summary>
    private const int Chunk = 128;

    private const int Size = DlrmShape.EmbeddingSize;
    private const int VideoWidth = DlrmShape.VideoFields * Size;

    /// <param name="rows">Of the <see cref="VideoTable"/>, at most the capacity of <paramref name="inputs"/>.</param>
    /// <param name="similarities">The towers' inner products, one per row.</param>
    /// <param name="affinities">What <see cref="Retrieval.INearestVideos.Affinities"/> says, one per row.</param>
    /// <param name="now">Unix seconds.</param>
    [SkipLocalsInit]
    public void Extract(
        PersonView person, ReadOnlySpan<int> rows, ReadOnlySpan<float> similarities, ReadOnlySpan<float> affinities, uint now, RankingInputs inputs)
    {
        if (rows.Length > inputs.Capacity) throw new ArgumentException($"At most {inputs.Capacity:N0} videos.", nameof(rows));
        if (similarities.Length != rows.Length) throw new ArgumentException($"Needs {rows.Length:N0} elements, has {similarities.Length:N0}.", nameof(similarities));
        if (affinities.Length != rows.Length) throw new ArgumentException($"Needs {rows.Length:N0} elements, has {affinities.Length:N0}.", nameof(affinities));
        inputs.Count = rows.Length;
        PersonContext context = default;
        context.Read(person, videos);

        DenseFeatureReader.ReadUser(person, now, inputs.UserDense);
        EmbedUser(person, inputs.UserFields);
        for (var start = 0; start < rows.Length; start += Chunk)
        {
            var count = Math.Min(Chunk, rows.Length - start);
            var chunk = rows.Slice(start, count);
            foreach (var row in chunk) CacheLines.Prefetch((byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in videos[row])), sizeof(VideoRow));
            EmbedVideos(chunk, inputs.VideoFields.Slice(start * VideoWidth, count * VideoWidth));
            for (var i = start; i < start + count; i++)
            {
                ref readonly var video = ref videos[rows[i]];
                DenseFeatureReader.ReadVideo(video, now, inputs.VideoDense.Slice(i * DlrmShape.VideoDense, DlrmShape.VideoDense));
                DenseFeatureReader.ReadCross(person, context, video, similarities[i], affinities[i], inputs.CrossDense.Slice(i * DlrmShape.CrossDense, DlrmShape.CrossDense));
            }
        }
    }

    /// <summary>The same for one person and one video before any embedding is looked up: what a training example keeps.</summary>
    /// <param name="ids"><see cref="EmbeddingSlots.Count"/>.</param>
    /// <param name="weights">As many.</param>
    public void Extract(
        PersonView person, int row, float similarity, float affinity, uint now,
        Span<float> userDense, Span<float> videoDense, Span<float> crossDense, Span<long> ids, Span<float> weights)
    {
        PersonContext context = default;
        context.Read(person, videos);
        ref readonly var video = ref videos[row];
        DenseFeatureReader.ReadUser(person, now, userDense);
        DenseFeatureReader.ReadVideo(video, now, videoDense);
        DenseFeatureReader.ReadCross(person, context, video, similarity, affinity, crossDense);
        EmbeddingSlots.FillUser(person, ids[..EmbeddingSlots.OfUser], weights[..EmbeddingSlots.OfUser]);
        EmbeddingSlots.FillVideo(video, ids[EmbeddingSlots.OfUser..], weights[EmbeddingSlots.OfUser..]);
    }

    [SkipLocalsInit]
    private void EmbedUser(PersonView person, Span<float> fields)
    {
        Span<long> ids = stackalloc long[EmbeddingSlots.OfUser];
        Span<float> weights = stackalloc float[EmbeddingSlots.OfUser];
        Span<float> vectors = stackalloc float[EmbeddingSlots.OfUser * Size];
        EmbeddingSlots.FillUser(person, ids, weights);
        embeddings.Lookup(ids, vectors);
        fields.Clear();
        for (var slot = 0; slot < EmbeddingSlots.OfUser; slot++)
        {
            if (weights[slot] == 0) continue;
            var field = fields.Slice(EmbeddingSlots.FieldOf(slot) * Size, Size);
            TensorPrimitives.MultiplyAdd(vectors.Slice(slot * Size, Size), weights[slot], field, field);
        }
    }

    /// <summary>Video, creator, sound and first hashtag come straight to where they belong; the other hashtags are added to the first.</summary>
    [SkipLocalsInit]
    private void EmbedVideos(ReadOnlySpan<int> rows, Span<float> fields)
    {
        const int others = VideoHashtags.Capacity - 1;
        Span<long> ids = stackalloc long[Chunk * DlrmShape.VideoFields];
        Span<long> otherIds = stackalloc long[Chunk * others];
        Span<float> otherVectors = stackalloc float[Chunk * others * Size];
        var (at, otherCount) = (0, 0);
        foreach (var row in rows)
        {
            ref readonly var video = ref videos[row];
            (ids[at], ids[at + 1], ids[at + 2], ids[at + 3]) = (video.Video, video.Creator, video.Sound, video.Hashtags[0]);
            at += DlrmShape.VideoFields;
            for (var i = 1; i < VideoHashtags.Capacity && video.Hashtags[i] != FeatureId.None; i++) otherIds[otherCount++] = video.Hashtags[i];
        }
        embeddings.Lookup(ids[..at], fields);
        if (otherCount == 0) return;

        embeddings.Lookup(otherIds[..otherCount], otherVectors[..(otherCount * Size)]);
        otherCount = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var hashtags = EmbeddingSlots.CountHashtags(videos[rows[i]]);
            if (hashtags < 2) continue;
            var field = fields.Slice((i * VideoWidth) + (3 * Size), Size);
            for (var other = 1; other < hashtags; other++) TensorPrimitives.Add(field, otherVectors.Slice(otherCount++ * Size, Size), field);
            TensorPrimitives.Multiply(field, 1f / hashtags, field);
        }
    }
}
