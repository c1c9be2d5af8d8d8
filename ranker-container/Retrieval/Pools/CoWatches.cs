using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>
/// Which videos the same people watch well, learned from the log as it comes: item-to-item collaborative filtering (Linden, Smith and York, IEEE Internet
/// Computing 2003; the cosine of Sarwar and others, WWW 2001). One thread applies, any number ask, without locks.
/// </summary>
/// <remarks>
/// A video watched well is counted as a pair with each of the last <see cref="Recent.Capacity"/> that the person watched well. Each video keeps the
/// <see cref="Neighbours.Capacity"/> neighbours of the largest counts by the space-saving rule (Metwally and others, ICDT 2005): a new one takes the place of the least, and its
/// count too, which is noted as a possible error and never believed. Counts fade by weighing what is new more (forward decay, Cormode and others, ICDE 2009), so
/// that nothing that is stored has to be touched.
/// </remarks>
public sealed class CoWatches(VideoTable videos, CoWatchOptions options) : IInteractionFold, ISnapshotPart, IPersonMemory
{
    private const int Version = 1;

    /// <summary>Halvings after which all counts are scaled down, long before a float is too small beside them.</summary>
    private const double MaxHalvings = 40;

    private PeopleCache<Recent> _people = new(options.People);

    /// <summary>By row: how often the video was watched well.</summary>
    private ChunkedArray<float> _watches = new();

    /// <summary>By row: the place in <see cref="_neighbours"/> plus 1; 0 while there is none.</summary>
    private ChunkedArray<int> _places = new();
    private ChunkedArray<Neighbours> _neighbours = new();
    private int _count;

    /// <summary>Unix seconds at which a watch weighs 1; 0 before the first.</summary>
    private uint _landmark;

    /// <summary>What the newest watch weighs: counts are of as many watches as they hold of these.</summary>
    private float _unit = 1;

    public string Name => "co-watches";

    /// <summary>Videos whose neighbours are counted.</summary>
    public int Count => _count;

    public long Bytes => _watches.Bytes + _places.Bytes + _neighbours.Bytes + _people.Bytes;

    public void Apply(LoggedInteraction logged)
    {
        var interaction = logged.Interaction;
        if (interaction is not { Type: InteractionType.Watch, Watch: { } watch }) return;
        if (Swipe.Ratio(watch.WatchDurationMs, watch.TotalDurationMs) < Swipe.WellRatio) return;
        var row = videos.Find(FeatureId.Of(Field.Video, interaction.VideoId));
        if (row < 0) return;

        ref var recent = ref _people[FeatureId.Of(Field.User, interaction.UserId)];
        if (recent.Contains(row)) return;
        var weight = WeightAt(UnixTime.Of(interaction.At));
        _watches.Reach(row);
        _places.Reach(row);
        _watches[row] += weight;
        for (var i = 0; i < Recent.Capacity && recent.Row(i) is var other and >= 0; i++)
        {
            CountPair(row, other, weight);
            CountPair(other, row, weight);
        }
        recent.Push(row);
    }

    /// <summary>Adds to the score of each neighbour of a video how alike the two are watched, 0 to 1, times a weight.</summary>
    internal void AddNeighbours(int row, float weight, RowScores scores)
    {
        if (row >= _places.Length || Volatile.Read(ref _places[row]) is not (> 0 and var place)) return;
        ref readonly var neighbours = ref _neighbours[place - 1];
        for (var i = 0; i < Neighbours.Capacity; i++)
        {
            var (other, count) = neighbours[i];
            if (other < 0) continue;
            scores.Add(other, weight * LikenessOf(row, other, count));
        }
    }

    public void Forget(string userId) => _people.Forget(FeatureId.Of(Field.User, userId));

    public void Save(Stream stream)
    {
        stream.Write(MemoryMarshal.AsBytes<int>([Version, _count, (int)_landmark, BitConverter.SingleToInt32Bits(_unit)]));
        _people.Save(stream);
        _watches.Save(stream);
        _places.Save(stream);
        _neighbours.Save(stream);
    }

    public void Load(Stream stream)
    {
        Span<int> header = stackalloc int[4];
        stream.ReadWhole(MemoryMarshal.AsBytes(header));
        if (header[0] != Version) throw new InvalidDataException("The co-watches are of another version.");
        var people = new PeopleCache<Recent>(options.People);
        people.Load(stream);
        var (watches, places, neighbours) = (ChunkedArray<float>.Load(stream), ChunkedArray<int>.Load(stream), ChunkedArray<Neighbours>.Load(stream));
        if ((uint)header[1] > (uint)neighbours.Length) throw new InvalidDataException("The co-watches are damaged.");
        (_count, _landmark, _unit) = (header[1], (uint)header[2], BitConverter.Int32BitsToSingle(header[3]));
        (_people, _watches, _places, _neighbours) = (people, watches, places, neighbours);
    }

    /// <summary>The cosine of the two videos' viewers, drawn to 0 while there are few.</summary>
    private float LikenessOf(int row, int other, float count) =>
        other < _watches.Length ? count / (MathF.Sqrt(_watches[row] * _watches[other]) + (options.Shrinkage * _unit)) : 0;

    private void CountPair(int row, int neighbour, float weight)
    {
        ref var place = ref _places[row];
        if (place == 0)
        {
            if (_watches[row] < options.MinWatches * _unit) return;
            _neighbours.Reach(_count);
            Volatile.Write(ref place, ++_count);
        }
        _neighbours[place - 1].Count(neighbour, weight);
    }

    /// <summary>What a watch at some time weighs beside all others: twice as much after each half-life.</summary>
    private float WeightAt(uint at)
    {
        if (_landmark == 0) _landmark = at;
        var halvings = ((double)at - _landmark) / options.HalfLife.TotalSeconds;
        if (halvings > MaxHalvings)
        {
            Scale((float)double.Exp2(-halvings));
            (_landmark, halvings) = (at, 0);
        }
        var weight = (float)double.Exp2(halvings);
        _unit = Math.Max(_unit, weight);
        return weight;
    }

    private void Scale(float factor)
    {
        _unit *= factor;
        for (var row = 0; row < _watches.Length; row++) _watches[row] *= factor;
        for (var place = 0; place < _count; place++) _neighbours[place].Scale(factor);
    }

    /// <summary>Rows that a person watched well last, newest first.</summary>
    internal struct Recent
    {
        public const int Capacity = 10;

        private RowNumbers _rows;

        /// <summary>−1 beyond the oldest.</summary>
        public readonly int Row(int index) => _rows[index] - 1;

        public readonly bool Contains(int row) => ((ReadOnlySpan<int>)_rows).Contains(row + 1);

        public void Push(int row)
        {
            for (var i = Capacity - 1; i > 0; i--) _rows[i] = _rows[i - 1];
            _rows[0] = row + 1;
        }

        /// <summary>Rows plus 1, so that 0 is none.</summary>
        [InlineArray(Capacity)]
        private struct RowNumbers
        {
            private int _first;
        }
    }

    /// <summary>The videos that are watched most by a video's viewers.</summary>
    internal struct Neighbours
    {
        public const int Capacity = 16;

        private RowNumbers _rows;
        private Sums _counts;
        private Sums _errors;

        /// <summary>A row, −1 for none, and the count that is certain to be its own.</summary>
        public readonly (int Row, float Count) this[int index] => (_rows[index] - 1, _counts[index] - _errors[index]);

        public void Count(int row, float weight)
        {
            ReadOnlySpan<int> rows = _rows;
            var at = rows.IndexOf(row + 1);
            if (at < 0)
            {
                at = rows.IndexOf(0);
                if (at < 0) at = Least();
                _errors[at] = _counts[at];
                _rows[at] = row + 1;
            }
            _counts[at] += weight;
        }

        public void Scale(float factor)
        {
            for (var i = 0; i < Capacity; i++) (_counts[i], _errors[i]) = (_counts[i] * factor, _errors[i] * factor);
        }

        private readonly int Least()
        {
            var least = 0;
            for (var i = 1; i < Capacity; i++)
            {
                if (_counts[i] < _counts[least]) least = i;
            }
            return least;
        }

        /// <summary>Rows plus 1, so that 0 is none.</summary>
        [InlineArray(Capacity)]
        private struct RowNumbers
        {
            private int _first;
        }

        [InlineArray(Capacity)]
        private struct Sums
        {
            private float _first;
        }
    }
}
