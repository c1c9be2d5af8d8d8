namespace TikTok.Simulation.Measures;

/// <summary>The area under the receiver operating characteristic: how often something that happened was thought likelier than something that did not.</summary>
public sealed class AreaUnderCurve
{
    private readonly List<(float Score, bool Happened)> _predictions = [];

    public void Add(float score, bool happened) => _predictions.Add((score, happened));

    /// <summary>Ties count half. Not a number unless something happened and something did not.</summary>
    public double Value()
    {
        var sorted = _predictions.OrderBy(p => p.Score).ToArray();
        double ranks = 0;
        long happened = 0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = start;
            while (end < sorted.Length && sorted[end].Score.Equals(sorted[start].Score)) end++;
            for (var i = start; i < end; i++)
            {
                if (!sorted[i].Happened) continue;
                ranks += (start + 1 + end) / 2.0;
                happened++;
            }
            start = end;
        }
        var not = sorted.Length - happened;
        return happened == 0 || not == 0 ? double.NaN : (ranks - (happened * (happened + 1) / 2.0)) / ((double)happened * not);
    }
}
