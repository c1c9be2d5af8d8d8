namespace TikTok.Simulation;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, 2014). A stream is named by what it is for (a person and a clip, a person and a day), so that the same person reacts to the same
/// clip in the same way whatever feed showed it, and two feeds differ by what they chose alone.
/// </summary>
internal struct Noise
{
    private ulong _state;

    private Noise(ulong state) => _state = state;

    public static Noise Of(ulong seed, NoiseOf what, int first = 0, int second = 0)
    {
        var noise = new Noise(seed + ((ulong)what * 0xD1342543DE82EF95));
        noise._state = noise.Next() ^ (((ulong)(uint)first << 32) | (uint)second);
        return new Noise(noise.Next());
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to 1, without 0.</summary>
    public float Uniform() => ((Next() >> 40) + 0.5f) * (1f / (1 << 24));

    public bool Chance(float probability) => Uniform() < probability;

    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>Mean 0, variance 1 (Box and Muller).</summary>
    public float Normal() => MathF.Sqrt(-2 * MathF.Log(Uniform())) * MathF.Cos(MathF.Tau * Uniform());

    /// <summary>Scale 1.</summary>
    public float Weibull(float shape) => MathF.Pow(-MathF.Log(Uniform()), 1 / shape);

    /// <summary>An index, by the cumulative sums of the weights.</summary>
    public int Pick(float[] cumulative)
    {
        var index = Array.BinarySearch(cumulative, Uniform() * cumulative[^1]);
        return Math.Min(index < 0 ? ~index : index, cumulative.Length - 1);
    }
}

internal enum NoiseOf
{
    Topics = 1,
    Creator,
    Clip,
    Person,
    Viewing,
    Session,
    Leaving,
    PersonDay,
    WorldDay,
    TasteChange,
    Feed,
}
