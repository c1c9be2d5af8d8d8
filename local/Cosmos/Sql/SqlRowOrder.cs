namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// ORDER BY of a block. Rows with equal keys come in the order of their documents' <c>_rid</c>, reversed if the first key is
/// descending, as the client's cross-partition merge expects; rows of one document in the order in which they arose.
/// </summary>
/// <param name="keys">The sort keys.</param>
/// <param name="descending">For each key, whether it is descending.</param>
/// <param name="document">Slot of the variable that holds the document; -1 if there is none.</param>
/// <param name="resume">Where a continued query takes up again; null for the beginning.</param>
internal sealed class SqlRowOrder(SqlEvaluator[] keys, bool[] descending, int document, SqlResumeFilter? resume)
{
    /// <summary>Beyond this many wanted rows sorting all of them is not worse than keeping the best.</summary>
    private const int MaximumHeap = 50_000;

    public Sorter Start(SqlFrame frame, long? wanted) => new(this, frame, wanted is <= MaximumHeap ? (int)wanted : null);

    private int Compare(SqlValue[] left, SqlValue[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = SqlValueComparer.Instance.Compare(left[i], right[i]);
            if (order != 0) return descending[i] ? -order : order;
        }

        return 0;
    }

    private int CompareDocuments(ulong left, ulong right) => descending[0] ? right.CompareTo(left) : left.CompareTo(right);

    private bool IsBeforeResumption(SqlValue[] row, SqlValue root)
    {
        if (resume is null) return false;
        for (var i = 0; i < row.Length; i++)
        {
            var order = resume.Compare(i, row[i]);
            if (order != 0) return (descending[i] ? -order : order) < 0;
        }

        if (resume.Exclude) return true;
        return resume.Rid is { } rid && CompareDocuments(SqlRid.Document(root), rid) < 0;
    }

    /// <summary>Gathers rows; with a wanted number it keeps only that many.</summary>
    internal sealed class Sorter(SqlRowOrder order, SqlFrame frame, int? wanted) : IComparer<Sorter.Row>
    {
        private readonly PriorityQueue<Row, Row> _best = new(Comparer<Row>.Create((left, right) => new RowOrder(order).Compare(right, left)));
        private readonly List<Row> _all = [];
        private SqlValue[] _keys = [];
        private long _sequence;

        /// <summary>Reads the keys of the current row and says whether it may be among the wanted.</summary>
        public bool Accepts()
        {
            var row = new SqlValue[order.Keys.Length];
            for (var i = 0; i < row.Length; i++) row[i] = order.Keys[i](frame).Read();
            _keys = row;
            if (wanted is { } capacity && _best.Count == capacity && order.Compare(row, _best.Peek().Keys) > 0) return false;
            return !order.IsBeforeResumption(row, Root());
        }

        public void Add(SqlValue result)
        {
            var row = new Row(_keys, Root(), _sequence++, result);
            if (wanted is not { } capacity) _all.Add(row);
            else if (_best.Count < capacity) _best.Enqueue(row, row);
            else if (Compare(row, _best.Peek()) < 0) _best.DequeueEnqueue(row, row);
        }

        public IEnumerable<SqlValue> Results()
        {
            if (wanted is not null)
            {
                foreach (var (row, _) in _best.UnorderedItems) _all.Add(row);
            }

            _all.Sort(this);
            return _all.Select(row => row.Result);
        }

        public int Compare(Row? x, Row? y) => new RowOrder(order).Compare(x!, y!);

        private SqlValue Root() => order.Document < 0 ? default : frame.Variables[order.Document];

        internal sealed class Row(SqlValue[] keys, SqlValue root, long sequence, SqlValue result)
        {
            private ulong? _document;

            public SqlValue[] Keys => keys;

            public long Sequence => sequence;

            public SqlValue Result => result;

            /// <summary>Read on a tie only.</summary>
            public ulong Document => _document ??= SqlRid.Document(root);
        }

        private readonly struct RowOrder(SqlRowOrder order)
        {
            public int Compare(Row left, Row right)
            {
                var result = order.Compare(left.Keys, right.Keys);
                if (result == 0) result = order.CompareDocuments(left.Document, right.Document);
                return result != 0 ? result : left.Sequence.CompareTo(right.Sequence);
            }
        }
    }

    private SqlEvaluator[] Keys => keys;

    private int Document => document;
}
