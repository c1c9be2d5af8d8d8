namespace TikTok.Benchmarks.Harness;

/// <summary>One measured figure.</summary>
public sealed record BenchmarkRow
{
    public required string Name { get; init; }
    public required double Value { get; init; }

    /// <summary>For example <c>ms</c>, <c>reads/s</c>, <c>MB</c>, <c>% of a core</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>What the figure is held against in the same run, in words; null when it stands alone.</summary>
    public string? Peer { get; init; }

    /// <summary>The peer's own figure, in <see cref="Unit"/>. The ratio is value ÷ peer.</summary>
    public double? PeerValue { get; init; }

    /// <summary>The bound that the value (or, with a peer, the ratio) must keep; null when the row only informs.</summary>
    public Target? Target { get; init; }

    public double? Ratio => PeerValue is { } peer and not 0 ? Value / peer : null;

    /// <summary>null without a target.</summary>
    public bool? Pass => Target is { } target ? target.IsMetBy(target.OnRatio ? Ratio ?? double.NaN : Value) : null;
}

/// <param name="Bound">Inclusive.</param>
/// <param name="AtMost">true: the figure may not exceed the bound. false: it may not fall short of it.</param>
/// <param name="OnRatio">true: the bound is on <see cref="BenchmarkRow.Ratio"/>, otherwise on the value.</param>
public sealed record Target(double Bound, bool AtMost, bool OnRatio = false)
{
    public static Target Max(double value) => new(value, AtMost: true);
    public static Target Min(double value) => new(value, AtMost: false);
    public static Target MaxRatio(double ratio) => new(ratio, AtMost: true, OnRatio: true);
    public static Target MinRatio(double ratio) => new(ratio, AtMost: false, OnRatio: true);

    /// <summary>A figure that is not a number meets nothing.</summary>
    public bool IsMetBy(double figure) => AtMost ? figure <= Bound : figure >= Bound;

    public override string ToString() => FormattableString.Invariant($"{(AtMost ? "≤" : "≥")} {Bound:0.###}{(OnRatio ? " ×" : "")}");
}
