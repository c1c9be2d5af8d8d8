namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>Adds up numbers by row, for about a thousand rows. Kept and used again.</summary>
internal sealed class RowScores
{
    /// <summary>Rows there is room for; what comes later is left out.</summary>
    public const int Capacity = 1_024;

    private const int Slots = 2 * Capacity;
    private const int SlotShift = 32 - 11;

    // Rows plus 1, so that 0 is none.
    private readonly int[] _rows = new int[Slots];
    private readonly float[] _scores = new float[Slots];
    private readonly float[] _sorted = new float[Capacity];
    private int _count;

    public void Clear()
    {
        Array.Clear(_rows);
        _count = 0;
    }

    /// <summary>Nothing that is not above 0 counts.</summary>
    public void Add(int row, float score)
    {
        if (!(score > 0)) return;
        var slot = (int)(((uint)row * 2_654_435_769) >> SlotShift);
        while (_rows[slot] != 0 && _rows[slot] != row + 1) slot = (slot + 1) & (Slots - 1);
        if (_rows[slot] == 0)
        {
            if (_count == Capacity) return;
            (_rows[slot], _scores[slot]) = (row + 1, 0);
            _count++;
        }
        _scores[slot] += score;
    }

    /// <summary>All rows, those of the largest sums first.</summary>
    /// <param name="rows">At least <see cref="Capacity"/>.</param>
    /// <returns>How many.</returns>
    public int CopyDescending(Span<int> rows)
    {
        var count = 0;
        for (var slot = 0; slot < Slots; slot++)
        {
            if (_rows[slot] == 0) continue;
            (rows[count], _sorted[count]) = (_rows[slot] - 1, -_scores[slot]);
            count++;
        }
        _sorted.AsSpan(0, count).Sort(rows[..count]);
        return count;
    }
}
