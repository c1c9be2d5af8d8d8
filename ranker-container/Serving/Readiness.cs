namespace TikTok.Ranker.Serving;

/// <summary>Something that must be there before the first request.</summary>
/// <param name="Name">In words, as <c>GET /ready</c> lists it.</param>
public sealed record ReadinessPart(string Name, Func<bool> IsReady);

public sealed class Readiness(IEnumerable<ReadinessPart> parts)
{
    private readonly ReadinessPart[] _parts = [.. parts];

    public ReadinessAnswer Now(int videos)
    {
        var waiting = _parts.Where(part => !part.IsReady()).Select(part => part.Name).ToList();
        return new ReadinessAnswer(waiting.Count == 0 ? ReadinessAnswer.Ready : "warming", waiting, videos);
    }
}

/// <param name="Waiting">What is not there yet.</param>
/// <param name="Videos">How many it knows.</param>
public sealed record ReadinessAnswer(string Status, IReadOnlyList<string> Waiting, int Videos)
{
    public const string Ready = "ready";
}
