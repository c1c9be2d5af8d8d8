using System.Runtime.CompilerServices;
using TikTok.Ranker.People;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// The videos nearest to where the person lies; where they like several things, nearest to each in turn, by its share. It writes to itself alone, for whoever waits for it may have given it up and
/// be drawing on without it: what it reads of the draw are rows that were excluded from the beginning, and what may be shown to the person.
/// </summary>
internal sealed class NearestSearch(INearestVideos? nearest, Draw draw)
{
    private readonly float[] _vector = new float[nearest?.Dimensions ?? 0];
    private readonly int[] _rows = new int[Candidates.Capacity + INearestVideos.MaxInterests];
    private readonly (int End, float Share)[] _found = new (int, float)[INearestVideos.MaxInterests];
    private PersonView _person = null!;
    private int _quota;
    private int _lists;

    public bool IsReady => nearest is { IsReady: true };

    public void Begin(in RetrievalRequest request, int quota)
    {
        request.Vector.CopyTo(_vector);
        (_person, _quota, _lists) = (request.Person, quota, 0);
    }

    [SkipLocalsInit]
    public void Run()
    {
        Span<float> vectors = stackalloc float[INearestVideos.MaxInterests * _vector.Length];
        Span<float> shares = stackalloc float[INearestVideos.MaxInterests];
        var interests = nearest!.EmbedInterests(_person, vectors, shares);
        if (interests <= 1) Find(_vector, _quota, 1);
        for (var i = 0; interests > 1 && i < interests; i++)
        {
            Find(vectors.Slice(i * _vector.Length, _vector.Length), (int)MathF.Ceiling(_quota * shares[i]), shares[i]);
        }
    }

    /// <summary>Once it has run.</summary>
    public void Offer()
    {
        var start = 0;
        foreach (var (end, share) in _found.AsSpan(0, _lists))
        {
            draw.Offer(_rows, start, end, share);
            start = end;
        }
    }

    private void Find(ReadOnlySpan<float> vector, int count, float share)
    {
        if (count == 0) return;
        var start = _lists == 0 ? 0 : _found[_lists - 1].End;
        _found[_lists++] = (start + nearest!.Nearest(vector, _rows.AsSpan(start, count), new AllowedRows(draw)), share);
    }
}
