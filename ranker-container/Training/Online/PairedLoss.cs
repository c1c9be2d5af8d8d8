namespace TikTok.Ranker.Training.Online;

/// <summary>The losses, of whatever kind, of two models on the same examples, each predicted before it was learned from: is the candidate worse than the published one, or is it chance?</summary>
public sealed class PairedLoss
{
    /// <summary>Standard errors of the mean difference that chance does not explain: of a thousand judgements of equal models one goes beyond.</summary>
    private const double Significant = 3;

    private double _candidate;
    private double _published;
    private double _squares;

    public int Count { get; private set; }

    /// <summary>Mean; not a number before there are any.</summary>
    public double Candidate => _candidate / Count;

    public double Published => _published / Count;

    public void Add(double candidate, double published)
    {
        _candidate += candidate;
        _published += published;
        _squares += (candidate - published) * (candidate - published);
        Count++;
    }

    /// <param name="tolerated">By which share of the published model's loss the candidate's may be higher.</param>
    public bool IsWorse(double tolerated)
    {
        if (Count == 0 || !(Candidate > Published * (1 + tolerated))) return false;
        var difference = Candidate - Published;
        var variance = Math.Max(0, (_squares / Count) - (difference * difference));
        return difference > Significant * Math.Sqrt(variance / Count);
    }

    public void Clear() => (_candidate, _published, _squares, Count) = (0, 0, 0, 0);
}
