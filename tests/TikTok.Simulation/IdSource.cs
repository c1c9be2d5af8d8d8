using TikTok.Core;

namespace TikTok.Simulation;

/// <summary>Ids as the product makes them (UUIDv7), whose random bits come from a count: the same in every run.</summary>
internal sealed class IdSource(ulong seed, int count = 0)
{
    private int _count = count;

    public string Next(DateTimeOffset at)
    {
        var noise = Noise.Of(seed, NoiseOf.Topics, ++_count, int.MaxValue);
        var (high, low) = (noise.Next(), noise.Next());
        var milliseconds = (ulong)at.ToUnixTimeMilliseconds();
        return Id.Format(new UInt128((milliseconds << 16) | 0x7000 | (high & 0x0FFF), 0x8000000000000000 | (low >> 2)));
    }
}
