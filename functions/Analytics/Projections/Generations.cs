using TikTok.Core.Documents;

namespace TikTok.Functions.Analytics.Projections;

/// <summary>Which generation an event is counted in, by when it happened. Eras begin at midnight, so a day is of one generation.</summary>
public sealed class Generations
{
    private readonly IReadOnlyList<Era> _eras;
    private readonly IReadOnlyList<Era>? _others;

    private Generations(IReadOnlyList<Era> eras, IReadOnlyList<Era>? others) => (_eras, _others) = (eras, others);

    /// <summary>What is shown, and counted into by live events.</summary>
    public static Generations Shown(ProjectionState state) => new(state.Eras, state.Rebuild is { } rebuild ? With(state.Eras, rebuild) : null);

    /// <summary>What a rebuild counts into: as <see cref="Shown"/>, with the new generation in place of all that it covers.</summary>
    public static Generations Rebuilt(ProjectionState state, ProjectionRebuild rebuild) => new(With(state.Eras, rebuild), state.Eras);

    /// <summary>The eras once <paramref name="rebuild"/> is shown.</summary>
    public static IReadOnlyList<Era> With(IReadOnlyList<Era> eras, ProjectionRebuild rebuild) =>
        [.. eras.Where(e => e.From < rebuild.From), new Era(rebuild.Generation, rebuild.From)];

    public int Current => _eras[^1].Generation;

    public int Of(DateTimeOffset at) => Of(_eras, at);

    public int Of(DateOnly day) => Of(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));

    /// <summary>Whether what is counted of that day in that generation is shown, or may come to be.</summary>
    public bool Keeps(int generation, DateOnly day)
    {
        var at = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        return Of(_eras, at) == generation || (_others is not null && Of(_others, at) == generation);
    }

    /// <summary>Whether anything is, or may come to be, counted in that generation.</summary>
    public bool Keeps(int generation) => _eras.Any(e => e.Generation == generation) || _others?.Any(e => e.Generation == generation) == true;

    private static int Of(IReadOnlyList<Era> eras, DateTimeOffset at) => eras.Last(e => e.From <= at).Generation;
}
