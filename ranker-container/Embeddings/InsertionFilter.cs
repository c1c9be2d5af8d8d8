using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TikTok.Ranker.Embeddings;

/// <summary>
/// Counts the sightings of ids that have no row yet, in a few bytes each, so that the many ids that are seen once or twice never get one.
/// </summary>
/// <remarks>
/// <para>An id has one block of 32 cells, a cache line, and in it a cell of 12 bits of fingerprint and 4 of count. Two generations: when the current one has taken
/// its capacity of ids it becomes the former one, and the former one is forgotten; sightings of both count.</para>
/// <para>It errs to one side. An id that was seen n times within the memory of the last <c>capacity</c> new ids is always admitted. An id may be admitted
/// early: when it shares block and fingerprint with another one (at most 16 of 4,096 per generation on average, when full), or when its block
/// is full (one in ten thousand). Sightings further back than the memory are forgotten, as they are meant to be.</para>
/// </remarks>
internal sealed class InsertionFilter
{
    public const int MaxSightings = 15;

    private const int Cells = 32;
    private const int CountBits = 4;
    private const int FingerprintBits = 12;
    private const ushort FingerprintMask = 0xFFF0;

    private readonly int _sightings;
    private readonly int _capacity;
    private ushort[] _current;
    private ushort[] _former;
    private int _taken;

    /// <param name="sightings">2 to 15.</param>
    /// <param name="capacity">Ids that a generation takes, at least 1.</param>
    public InsertionFilter(int sightings, int capacity)
    {
        _sightings = sightings;
        _capacity = capacity;
        var blocks = (int)Math.Min(((long)capacity + (Cells / 2) - 1) / (Cells / 2), Array.MaxLength / Cells);
        _current = new ushort[blocks * Cells];
        _former = new ushort[blocks * Cells];
    }

    public long Bytes => (long)(_current.Length + _former.Length) * sizeof(ushort);

    /// <summary>Counts one sighting. True: enough of them, the id may have its row.</summary>
    public bool Count(ulong hash)
    {
        if (_taken >= _capacity) StartGeneration();
        var block = (int)(((hash >> 32) * (ulong)(_current.Length / Cells)) >> 32) * Cells;
        var fingerprint = (ushort)Math.Max(1, hash & ((1 << FingerprintBits) - 1));
        var former = CellOf(_former, block, fingerprint) is var old and >= 0 ? CountIn(_former[old]) : 0;

        var cell = CellOf(_current, block, fingerprint);
        if (cell < 0)
        {
            cell = CellOf(_current, block, 0);
            if (cell < 0) return true;
            _current[cell] = (ushort)(fingerprint << CountBits);
            _taken++;
        }
        if (CountIn(_current[cell]) < MaxSightings) _current[cell]++;
        return former + CountIn(_current[cell]) >= _sightings;
    }

    private static int CountIn(ushort cell) => cell & ((1 << CountBits) - 1);

    /// <param name="fingerprint">0 finds an empty cell.</param>
    private static int CellOf(ushort[] generation, int block, ushort fingerprint)
    {
        var cells = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(generation), (nuint)block) & Vector512.Create(FingerprintMask);
        var matches = Vector512.Equals(cells, Vector512.Create((ushort)(fingerprint << CountBits))).ExtractMostSignificantBits();
        return matches == 0 ? -1 : block + BitOperations.TrailingZeroCount(matches);
    }

    private void StartGeneration()
    {
        (_current, _former) = (_former, _current);
        Array.Clear(_current);
        _taken = 0;
    }
}
