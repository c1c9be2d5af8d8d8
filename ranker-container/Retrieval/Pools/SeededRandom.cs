namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>Random numbers from a seed, the same in every process: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).</summary>
internal struct SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;
    private double _spare = double.NaN;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to one less than the bound; 0 when that is 0.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Above 0, at most 1.</summary>
    public double Uniform() => ((Next() >> 11) + 1) * (1.0 / (1L << 53));

    /// <summary>By a gamma variate of each parameter.</summary>
    /// <param name="alpha">At least 1, as is beta.</param>
    public float Beta(float alpha, float beta)
    {
        var x = Gamma(alpha);
        return (float)(x / (x + Gamma(beta)));
    }

    /// <summary>Marsaglia and Tsang (ACM TOMS 2000), for shapes of at least 1.</summary>
    private double Gamma(double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var v = 1 + (c * x);
            if (v <= 0) continue;
            v *= v * v;
            var u = Uniform();
            if (u < 1 - (0.0331 * x * x * x * x) || Math.Log(u) < (0.5 * x * x) + (d * (1 - v + Math.Log(v)))) return d * v;
        }
    }

    /// <summary>Marsaglia's polar method: two at a time.</summary>
    private double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }
        double x, y, s;
        do
        {
            (x, y) = ((2 * Uniform()) - 1, (2 * Uniform()) - 1);
            s = (x * x) + (y * y);
        }
        while (s >= 1 || s == 0);
        var factor = Math.Sqrt(-2 * Math.Log(s) / s);
        _spare = y * factor;
        return x * factor;
    }
}
