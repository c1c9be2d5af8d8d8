namespace TikTok.Ranker.Features;

/// <summary>A small generator of random numbers (Steele, Lea and Flood, 2014): the same for a seed everywhere, and without an object of its own.</summary>
internal struct SplitMix64(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Uniform in [0, 1).</summary>
    public float NextSingle() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in (0, 1].</summary>
    public double NextDouble() => ((Next() >> 11) + 1) * (1.0 / (1L << 53));

    /// <summary>Uniform in 0 to <paramref name="below"/> − 1; 0 when that is 0.</summary>
    public int NextInt(int below) => (int)(((Next() >> 32) * (ulong)below) >> 32);

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
