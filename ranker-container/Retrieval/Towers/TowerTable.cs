using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// The learned parameters of both towers, all in one table by <see cref="FeatureId"/>: what is learned of single videos, of creators, sounds, hashtags, words and lengths, and
/// the vector of somebody of whom nothing is known. A video's vector is linear in them, as in LightFM (Kula, arXiv 1507.08439):
/// <c>v = e(video) + Σ x(f) · (content(f) + e(f))</c> over its <see cref="ContentFeatures"/>. So a new video begins with what its features mean, and nothing jumps when its own
/// part <c>e(video)</c> is learned.
/// </summary>
/// <remarks>
/// content(f) = √(1 − β²) · coin(f) + β · context(f). coin(f) is a fixed random vector of ±1 by the bits of the feature's id (Achlioptas, 2003): while nothing is learned, videos with
/// features in common are near one another for that alone. context(f) is where those features lie that f is found with (<see cref="Training.Towers.FeatureContexts"/>): so two hashtags are near that
/// no video has both of. A feature without a context is its coin alone. What is learned from people, e, begins at 0; an id without a row has 0.
/// </remarks>
public sealed class TowerTable
{
    /// <summary>Under which its checkpoints are published.</summary>
    public const string Name = "retrieval";

    /// <summary>Of the optimiser, behind each row.</summary>
    internal const int StateWidth = 1;

    private const int SumAtOnce = 16;

    /// <summary>A context that turned by less, as a cosine, is not written and published again: six degrees.</summary>
    private const float SameContext = 0.995f;

    /// <summary>A feature's context lies in the table under another id than what is learned of it: the two are published together, and trained apart.</summary>
    private const ulong ContextSeed = 0xC0DE_7E87_5EED_0001;

    internal static readonly long EverybodyId = FeatureId.Of(Field.Everyone, "base");

    private readonly EmbeddingTable _table;
    private int _version;

    /// <param name="formats">A server that never trains does with <see cref="RowFormats.Half"/>.</param>
    public TowerTable(TowerOptions options, RowFormats formats, TimeProvider time)
    {
        Options = options.Validated();
        _table = new EmbeddingTable(
            new EmbeddingTableOptions
            {
                Dimensions = options.Dimensions - 1,
                StateWidth = StateWidth,
                Formats = formats,
                Sightings = options.Sightings,
                ExpireAfterDays = 90,
                InitialRange = 0,
            },
            time);
    }

    public TowerOptions Options { get; }

    /// <summary>For one thread at a time: the trainer, or who applies what the trainer published. Who wrote calls <see cref="Changed"/>.</summary>
    public EmbeddingWriter Writer => _table.Writer;

    /// <summary>Rises when the table changed in ways that reach more videos than those named to <see cref="VideoSpace.Touch"/>.</summary>
    public int Version => Volatile.Read(ref _version);

    public void Changed() => Interlocked.Increment(ref _version);

    public EmbeddingTableSize Size() => _table.Size();

    /// <summary>A video's whole vector.</summary>
    internal void Compose(in VideoRow video, ReadOnlySpan<long> words, Span<float> vector)
    {
        Span<long> ids = stackalloc long[1 + ContentFeatures.Capacity];
        Span<float> weights = stackalloc float[1 + ContentFeatures.Capacity];
        var count = ReadParts(video, words, ids, weights);
        vector.Clear();
        AddLearned(ids[..count], weights[..count], vector);
        AddContent(ids[1..count], weights[1..count], vector);
        TowerVector.CompleteVideo(vector, Options.Radius);
    }

    /// <summary>The ids that a video's vector is made of, and by what weights: first its own.</summary>
    internal static int ReadParts(in VideoRow video, ReadOnlySpan<long> words, Span<long> ids, Span<float> weights)
    {
        (ids[0], weights[0]) = (video.Video, 1);
        return 1 + ContentFeatures.Read(video, words, ids[1..], weights[1..]);
    }

    /// <summary>Where a video would lie that had nothing but these hashtags.</summary>
    internal void ComposeInterests(ReadOnlySpan<long> hashtags, Span<float> vector)
    {
        Span<float> weights = stackalloc float[hashtags.Length];
        ContentFeatures.ReadInterests(hashtags, weights);
        vector.Clear();
        AddLearned(hashtags, weights, vector);
        AddContent(hashtags, weights, vector);
        TowerVector.CompleteVideo(vector, Options.Radius);
    }

    /// <summary>Where everybody lies before they have watched anything.</summary>
    internal void ComposeEverybody(Span<float> vector)
    {
        _table.Lookup([EverybodyId], TowerVector.Stored(vector));
        TowerVector.CompletePerson(vector);
    }

    [SkipLocalsInit]
    internal void AddLearned(ReadOnlySpan<long> ids, ReadOnlySpan<float> weights, Span<float> vector)
    {
        var width = Options.Dimensions - 1;
        Span<float> rows = stackalloc float[SumAtOnce * width];
        for (var from = 0; from < ids.Length; from += SumAtOnce)
        {
            var count = Math.Min(SumAtOnce, ids.Length - from);
            if (_table.Lookup(ids.Slice(from, count), rows[..(count * width)]) == 0) continue;
            for (var i = 0; i < count; i++)
            {
                TensorPrimitives.MultiplyAdd(rows.Slice(i * width, width), weights[from + i], vector[..width], vector[..width]);
            }
        }
    }

    /// <summary>Adds what the features are by themselves, whatever people make of them.</summary>
    [SkipLocalsInit]
    internal void AddContent(ReadOnlySpan<long> ids, ReadOnlySpan<float> weights, Span<float> vector)
    {
        var learned = TowerVector.Learned(vector);
        var width = Options.Dimensions - 1;
        Span<float> contexts = stackalloc float[SumAtOnce * width];
        Span<long> contextIds = stackalloc long[SumAtOnce];
        var coin = Options.CoinLength / MathF.Sqrt(learned.Length);
        var coinBeside = coin * MathF.Sqrt(1 - (Options.ContextShare * Options.ContextShare));
        for (var from = 0; from < ids.Length; from += SumAtOnce)
        {
            var count = Math.Min(SumAtOnce, ids.Length - from);
            for (var i = 0; i < count; i++) contextIds[i] = ContextOf(ids[from + i]);
            var any = _table.Lookup(contextIds[..count], contexts[..(count * width)]) > 0;
            for (var i = 0; i < count; i++)
            {
                var (id, weight) = (ids[from + i], weights[from + i]);
                var context = contexts.Slice(i * width, learned.Length);
                if (!any || !context.ContainsAnyExcept(0f))
                {
                    AddCoins(id, weight * coin, learned);
                    continue;
                }
                AddCoins(id, weight * coinBeside, learned);
                TensorPrimitives.MultiplyAdd(context, weight, learned, learned);
            }
        }
    }

    /// <summary>Puts a feature's context, of any length but 0, unless it lies where it lay. Called by the table's writer.</summary>
    /// <returns>Whether it moved.</returns>
    internal bool PutContext(long feature, ReadOnlySpan<float> direction)
    {
        Span<float> row = stackalloc float[Options.Dimensions - 1 + StateWidth];
        if (Writer.TryRead(ContextOf(feature), row) && TensorPrimitives.CosineSimilarity(direction, row[..direction.Length]) >= SameContext) return false;
        row.Clear();
        TensorPrimitives.Multiply(direction, Options.ContextShare * Options.CoinLength / TensorPrimitives.Norm(direction), row[..direction.Length]);
        Writer.Put(ContextOf(feature), row);
        return true;
    }

    private static long ContextOf(long feature) => (long)IdHash.Of(feature, ContextSeed);

    /// <summary>Adds ± a value to each component, by the bits of hashes of the id.</summary>
    internal static void AddCoins(long id, float value, Span<float> vector)
    {
        const int bitsAtOnce = 64;
        var bitOf = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
        var values = Vector256.Create(value).AsUInt32();
        for (var from = 0; from < vector.Length; from += bitsAtOnce)
        {
            var coins = IdHash.Of(id, (ulong)from);
            var part = vector[from..Math.Min(from + bitsAtOnce, vector.Length)];
            var i = 0;
            for (; i + Vector256<float>.Count <= part.Length; i += Vector256<float>.Count, coins >>= Vector256<float>.Count)
            {
                var signs = Vector256.Equals(Vector256.Create((uint)(byte)coins) & bitOf, bitOf) & Vector256.Create(1u << 31);
                (Vector256.Create<float>(part[i..]) + (values ^ signs).AsSingle()).CopyTo(part[i..]);
            }
            for (; i < part.Length; i++, coins >>= 1) part[i] += (coins & 1) != 0 ? -value : value;
        }
    }
}
