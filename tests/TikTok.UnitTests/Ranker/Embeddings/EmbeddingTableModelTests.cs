using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Embeddings;

namespace TikTok.UnitTests.Ranker.Embeddings;

/// <summary>Any sequence of changes, saves and restarts, held against a dictionary.</summary>
public sealed class EmbeddingTableModelTests
{
    private const int Dimensions = 4;
    private const int ExpireAfterDays = 5;

    private enum Step
    {
        Put,
        Update,
        Observe,
        Remove,
        Expire,
        NextDay,
        Grow,
        Save,
        Restart,
    }

    [Fact]
    public void A_table_is_a_dictionary_that_forgets()
    {
        var step =
            from kind in Gen.Frequency(
                (8, Gen.Constant(Step.Put)), (8, Gen.Constant(Step.Update)), (6, Gen.Constant(Step.Observe)), (4, Gen.Constant(Step.Remove)),
                (2, Gen.Constant(Step.Expire)), (3, Gen.Constant(Step.NextDay)), (1, Gen.Constant(Step.Grow)), (3, Gen.Constant(Step.Save)),
                (1, Gen.Constant(Step.Restart)))
            from id in Gen.Frequency((9, Gen.Choose(0, 60).Select(i => (long)i)), (1, Gen.Elements(long.MinValue, long.MaxValue, -1L)))
            select (kind, id);

        Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var scene = new Scene();
            foreach (var (kind, id) in steps) scene.Take(kind, id);
            scene.Compare();
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(200).WithReplay(20_260_101, 7));
    }

    private sealed class Scene
    {
        private readonly FakeTime _time = new();
        private readonly List<MemoryStream> _saved = [];
        private readonly List<long> _grown = [];
        private Dictionary<long, (float[] Row, int Day)> _model = [];
        private Dictionary<long, (float[] Row, int Day)> _savedModel = [];
        private EmbeddingTable _table;
        private float _next;
        private int _day;

        public Scene() => _table = Table();

        public void Take(Step kind, long id)
        {
            switch (kind)
            {
                case Step.Put:
                    Put(id);
                    break;
                case Step.Update:
                    _next++;
                    Assert.Equal(_model.ContainsKey(id), _table.Writer.Update(id, _next, static (row, value) => row[1] = value));
                    if (_model.TryGetValue(id, out var known)) _model[id] = ([known.Row[0], _next, .. known.Row[2..]], known.Day);
                    break;
                case Step.Observe:
                    Assert.True(_table.Writer.Observe(id));
                    _model[id] = (_model.TryGetValue(id, out var seen) ? seen.Row : _table.Vector(id)!, _day);
                    break;
                case Step.Remove:
                    Assert.Equal(_model.Remove(id), _table.Writer.Remove(id));
                    break;
                case Step.Expire:
                    Expire();
                    break;
                case Step.NextDay:
                    _time.Advance(TimeSpan.FromDays(1));
                    _day++;
                    break;
                case Step.Grow:
                    for (var i = 0; i < 200; i++) Put(1_000_000L + (_grown.Count * 1_000_003L));
                    break;
                case Step.Save:
                    Save();
                    break;
                case Step.Restart:
                    Restart();
                    break;
            }
        }

        public void Compare()
        {
            // Days seen are compared by what expires.
            Expire();
            long[] ids = [.. _model.Keys, .. Enumerable.Range(0, 61).Select(i => (long)i), .. _grown];
            var vectors = new float[ids.Length * Dimensions];
            _table.Lookup(ids, vectors);
            for (var i = 0; i < ids.Length; i++)
            {
                var expected = _model.TryGetValue(ids[i], out var entry) ? entry.Row : new float[Dimensions];
                Assert.Equal(expected, vectors.AsSpan(i * Dimensions, Dimensions).ToArray());
            }
            Assert.Equal(_model.Count, _table.Size().Rows);
        }

        private void Put(long id)
        {
            _next++;
            if (id > 1000) _grown.Add(id);
            float[] row = [_next, _next, _next, _next];
            _table.Writer.Put(id, row);
            _model[id] = (row, _day);
        }

        private void Expire()
        {
            var gone = _model.Where(entry => _day - entry.Value.Day > ExpireAfterDays).Select(entry => entry.Key).ToList();
            Assert.Equal(gone.Count, _table.Writer.Expire());
            foreach (var id in gone) _model.Remove(id);
        }

        private void Save()
        {
            var stream = new MemoryStream();
            if (_table.Writer.CanWriteDelta)
            {
                _table.Writer.WriteDelta(stream, () => { });
            }
            else
            {
                _saved.Clear();
                _table.Writer.WriteSnapshot(stream, Guid.CreateVersion7(), () => { });
            }
            _saved.Add(stream);
            _savedModel = new(_model);
        }

        /// <summary>As after a crash: what was not saved is gone, and so is what has expired since.</summary>
        private void Restart()
        {
            _table = Table();
            _model = _savedModel.Where(entry => _day - entry.Value.Day <= ExpireAfterDays).ToDictionary();
            foreach (var (stream, number) in _saved.Select((s, i) => (s, i)))
            {
                stream.Position = 0;
                if (number == 0) _table.Writer.ReadSnapshot(stream);
                else _table.Writer.ReadDelta(stream);
            }
        }

        private EmbeddingTable Table() => new(new() { Dimensions = Dimensions, ExpireAfterDays = ExpireAfterDays, HashSeed = 1 }, _time);
    }
}
