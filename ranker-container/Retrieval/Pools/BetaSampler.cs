using TikTok.Ranker.Features;

namespace TikTok.Ranker.Retrieval.Pools;

/// <summary>Draws from Beta distributions, the same for a seed in every process.</summary>
internal struct BetaSampler(SplitMix64 random)
{
    private SplitMix64 _random = random;
    private double _spare = double.NaN;

    /// <summary>By a gamma variate of each parameter; 0 to 1.</summary>
    /// <param name="alpha">At least 1, as is beta.</param>
    public float Next(float alpha, float beta)
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
            var u = _random.NextDouble();
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
            (x, y) = ((2 * _random.NextDouble()) - 1, (2 * _random.NextDouble()) - 1);
            s = (x * x) + (y * y);
        }
        while (s >= 1 || s == 0);
        var factor = Math.Sqrt(-2 * Math.Log(s) / s);
        _spare = y * factor;
        return x * factor;
    }
}
