namespace TikTok.Benchmarks.Prefetch;

/// <summary>
/// MT19937 (Matsumoto and Nishimura, 1998) with the two seedings that the challenge's viewers come from: NumPy's legacy one and Python's own.
/// Only for drawing the same viewers as the challenge draws.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;
    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    private MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++) _state[i] = 1_812_433_253u * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
    }

    /// <summary>As <c>numpy.random.seed(int)</c>.</summary>
    public static MersenneTwister OfNumPy(uint seed) => new(seed);

    /// <summary>As <c>random.seed(int)</c> for a seed of one word: the reference's initialisation by an array of length 1.</summary>
    public static MersenneTwister OfPython(uint seed)
    {
        var twister = new MersenneTwister(19_650_218u);
        var state = twister._state;
        var i = 1;
        for (var k = 0; k < Size; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1_664_525u)) + seed;
            i = Advance(i);
        }

        for (var k = 0; k < Size - 1; k++)
        {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1_566_083_941u)) - (uint)i;
            i = Advance(i);
        }

        state[0] = 0x8000_0000u;
        return twister;

        int Advance(int at)
        {
            if (++at < Size) return at;
            state[0] = state[Size - 1];
            return 1;
        }
    }

    /// <summary>In [0, 1), with 53 bits.</summary>
    public double NextDouble() => ((NextWord() >> 5) * 67_108_864.0 + (NextWord() >> 6)) / 9_007_199_254_740_992.0;

    /// <summary>Below <paramref name="bound"/>, by masking and rejection, as NumPy's legacy <c>randint</c>.</summary>
    public uint NextBelow(uint bound)
    {
        var mask = System.Numerics.BitOperations.RoundUpToPowerOf2(bound) - 1;
        while (true)
        {
            var value = NextWord() & mask;
            if (value < bound) return value;
        }
    }

    private uint NextWord()
    {
        if (_next == Size) Twist();
        var word = _state[_next++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C_5680u;
        word ^= (word << 15) & 0xEFC6_0000u;
        return word ^ (word >> 18);
    }

    private void Twist()
    {
        for (var i = 0; i < Size; i++)
        {
            var word = (_state[i] & 0x8000_0000u) | (_state[(i + 1) % Size] & 0x7FFF_FFFFu);
            _state[i] = _state[(i + Shift) % Size] ^ (word >> 1) ^ ((word & 1) == 0 ? 0 : 0x9908_B0DFu);
        }

        _next = 0;
    }
}
