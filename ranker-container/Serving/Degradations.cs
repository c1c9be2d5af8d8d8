namespace TikTok.Ranker.Serving;

/// <summary>The steps of the ladder that an answer came down, from the least to the worst. Each is counted (<c>ranker_degradations_total</c>) and told to the caller.</summary>
[Flags]
public enum Degradations
{
    None = 0,

    /// <summary>The feature store was late or silent: what was known of the person before, or what holds for anybody, stood in.</summary>
    StalePerson = 1,

    /// <summary>The index did not answer: the other pools filled up.</summary>
    NoIndex = 2,

    /// <summary>Time was short: fewer candidates were ranked than retrieved.</summary>
    FewerCandidates = 4,

    /// <summary>No model, or it was late: engagement and recency ordered the candidates.</summary>
    Heuristic = 8,

    /// <summary>Nothing personal was ready in time: what trends, less what must not be shown.</summary>
    Static = 16,

    /// <summary>More requests than can be served in time: this one was answered at once with what trends.</summary>
    Overload = 32,
}

public static class DegradationNames
{
    private static readonly (Degradations Flag, string Name)[] Names =
    [
        (Degradations.StalePerson, "stale-person"),
        (Degradations.NoIndex, "no-index"),
        (Degradations.FewerCandidates, "fewer-candidates"),
        (Degradations.Heuristic, "heuristic"),
        (Degradations.Static, "static"),
        (Degradations.Overload, "overload"),
    ];

    public static Enumerator GetEnumerator(this Degradations degradations) => new(degradations);

    /// <summary>The names of what is set; in a <c>foreach</c>, without allocation.</summary>
    public struct Enumerator(Degradations degradations)
    {
        private int _index = -1;

        public readonly string Current => Names[_index].Name;

        public bool MoveNext()
        {
            while (++_index < Names.Length)
            {
                if ((degradations & Names[_index].Flag) != 0) return true;
            }
            return false;
        }
    }
}
