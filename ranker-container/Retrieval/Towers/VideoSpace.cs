using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using TikTok.Core.Documents;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>
/// Where people and videos lie: vectors by row number, and the index over those that are listed. What requests call may be called by any number of threads at any time; they
/// see each video as it was when it was last renewed (<see cref="SpaceRenewal"/>).
/// </summary>
public sealed class VideoSpace : INearestVideos, IVideoListener, IDisposable
{
    /// <summary>More rows than these to renew are shared among all cores at the start, and while most are not in the index yet.</summary>
    private const int RenewAlone = 4_096;

    private readonly VideoTable _videos;
    private readonly TowerTable _towers;
    private readonly VideoVectors _vectors;
    private readonly ConcurrentQueue<int> _touched = new();
    private readonly HashSet<int> _due = [];
    private HnswIndex _index;
    private int _rows;
    private int _version = -1;

    public VideoSpace(VideoTable videos, TowerTable towers)
    {
        (_videos, _towers) = (videos, towers);
        _vectors = new VideoVectors(Dimensions);
        _index = HnswIndex.Create(IndexOptions(towers.Options));
    }

    public int Dimensions => _towers.Options.Dimensions;

    /// <summary>Whether all videos are in that the table had at the start. While the change feed is read for the first time, more come.</summary>
    public bool IsReady => Volatile.Read(ref _version) >= 0;

    /// <summary>Videos that can be found.</summary>
    public int Indexed => _index.Count;

    /// <summary>Memory of the index and the vectors beside it.</summary>
    public long Bytes => _index.Bytes + _vectors.Bytes;

    internal VideoWords Words { get; } = new();

    internal VideoVectors Vectors => _vectors;

    internal HnswIndex Index => _index;

    public bool Embed(PersonView person, Span<float> vector)
    {
        var isKnown = PersonTower.Pool(person, _towers, new Copies(_videos, _vectors), vector);
        if (IsFinite(vector)) return isKnown;
        vector.Clear();
        TowerVector.CompletePerson(vector);
        return false;
    }

    public int EmbedInterests(PersonView person, Span<float> vectors, Span<float> shares)
    {
        var found = PersonTower.PoolInterests(person, _towers, new Copies(_videos, _vectors), vectors, shares);
        return IsFinite(vectors[..(found * Dimensions)]) ? found : 0;
    }

    public int Nearest<TFilter>(ReadOnlySpan<float> vector, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter
    {
        // Most filters let most pass. Then it is quicker to search without one and to look through what was kept beyond what is asked for.
        var index = _index;
        var kept = (int)(rows.Length * _towers.Options.SearchBreadth);
        var matches = ArrayPool<HnswMatch>.Shared.Rent(kept);
        try
        {
            var found = index.Search(vector, matches.AsSpan(0, kept), kept);
            var passed = Pass(matches.AsSpan(0, found), rows, filter);
            if (passed == rows.Length || found < kept) return passed;
            found = index.Search(vector, matches.AsSpan(0, rows.Length), kept, filter);
            return Pass(matches.AsSpan(0, found), rows, filter);
        }
        finally
        {
            ArrayPool<HnswMatch>.Shared.Return(matches);
        }
    }

    public void Similarities(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> similarities) => _vectors.Products(vector, rows, similarities);

    [SkipLocalsInit]
    public void Affinities(PersonView person, ReadOnlySpan<int> rows, Span<float> affinities)
    {
        Span<float> liked = stackalloc float[PersonAffinity.Capacity * Dimensions];
        Span<float> outcomes = stackalloc float[PersonAffinity.Capacity];
        Span<float> weights = stackalloc float[PersonAffinity.Capacity];
        var count = PersonAffinity.Gather(person, _towers, _videos, _vectors, liked, outcomes, weights);
        _vectors.Affinities(liked[..(count * Dimensions)], outcomes[..count], weights[..count], rows, affinities);
    }

    [SkipLocalsInit]
    public int Similar<TFilter>(int row, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter
    {
        Span<float> vector = stackalloc float[Dimensions];
        return _vectors.TryGet(row, vector) ? Nearest(vector, rows, new Others<TFilter>((ulong)row, filter)) : 0;
    }

    public void Changed(int row, Video video)
    {
        Span<long> words = stackalloc long[VideoWords.PerVideo];
        Words.Set(row, words[..VideoWords.Read(video, words)]);
        Touch(row);
    }

    /// <summary>A video's own row in the table changed, or whether it is listed: it is renewed next. Any thread.</summary>
    public void Touch(int row) => _touched.Enqueue(row);

    /// <summary>Brings vectors and index up to date. For one thread at a time.</summary>
    /// <param name="all">Every video, because more was learned than is known by row.</param>
    public void Renew(bool all, CancellationToken cancellationToken)
    {
        var version = _towers.Version;
        int rows;

        // Whoever adds a row holds this until all of it is written.
        lock (_videos.Writing) rows = _videos.Count;
        _vectors.Reserve(rows);
        while (_touched.TryDequeue(out var row)) _due.Add(row);
        if (all)
        {
            _due.Clear();
            Renew(0, rows, cancellationToken);
            Volatile.Write(ref _version, version);
        }
        else
        {
            foreach (var row in _due) Renew(row);
            _due.Clear();
            Renew(_rows, rows, cancellationToken);
        }
        _rows = rows;
    }

    /// <summary>Whether more was learned since all videos were renewed than <see cref="Touch"/> told of.</summary>
    internal bool IsBehind => _version != _towers.Version;

    /// <summary>
    /// Takes an index that was saved, in place of an empty one that nobody has used yet; the vectors are there already. What was learned since reaches them when the table tells of it, now or later:
    /// before, a server's table is empty, and would move every video to where it lay before anything was learned.
    /// </summary>
    /// <param name="rows">Of the videos that were saved.</param>
    internal void Take(HnswIndex index, int rows)
    {
        _index.Dispose();
        (_index, _rows) = (index, rows);
        Volatile.Write(ref _version, 0);
    }

    internal static HnswOptions IndexOptions(TowerOptions options) => new()
    {
        Dimension = options.Dimensions,
        Quantization = HnswQuantization.Int8,
        M = options.M,
        EfConstruction = options.EfConstruction,
    };

    public void Dispose() => _index.Dispose();

    private static int Pass<TFilter>(ReadOnlySpan<HnswMatch> matches, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter
    {
        var passed = 0;
        foreach (ref readonly var match in matches)
        {
            if (passed == rows.Length) break;
            if (filter.Allows(match.Label)) rows[passed++] = (int)match.Label;
        }
        return passed;
    }

    private void Renew(int from, int to, CancellationToken cancellationToken)
    {
        if (to - from > RenewAlone && (!IsReady || _index.Count < (to - from) / 2))
        {
            Parallel.For(from, to, new ParallelOptions { CancellationToken = cancellationToken }, Renew);
            return;
        }
        for (var row = from; row < to; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Renew(row);
        }
    }

    [SkipLocalsInit]
    private void Renew(int row)
    {
        Span<float> vector = stackalloc float[Dimensions];
        ref readonly var video = ref _videos[row];
        _towers.Compose(video, Words[row], vector);

        // Should a table ever be published that is no good, the videos stay where they were.
        var isGood = IsFinite(vector);
        if (isGood) _vectors.Set(row, vector);
        var label = (ulong)row;
        if (!video.IsListed)
        {
            _index.Delete(label);
            return;
        }
        if (!isGood) return;

        Span<float> indexed = stackalloc float[Dimensions];
        var options = _towers.Options;
        if (_index.TryGet(label, indexed) && TensorPrimitives.Dot<float>(vector, indexed) >= options.Radius * (1 - options.MovedBeyond)) return;
        _index.Insert(label, vector);
    }

    private static bool IsFinite(ReadOnlySpan<float> vector) => float.IsFinite(TensorPrimitives.Sum(vector));

    private readonly struct Copies(VideoTable videos, VideoVectors vectors) : IVideoVectorSource
    {
        // A vector that is there has a length: zeros are those of a video not renewed yet.
        public bool TryGet(long video, Span<float> vector) =>
            videos.Find(video) is >= 0 and var row && vectors.TryGet(row, vector) && vector.ContainsAnyExcept(0f);
    }

    private readonly struct Others<TFilter>(ulong row, TFilter filter) : IHnswFilter
        where TFilter : struct, IHnswFilter
    {
        public bool Allows(ulong label) => label != row && filter.Allows(label);
    }
}
