namespace TikTok.Ranker.Features;

/// <summary>Time as hot paths carry it: Unix seconds, 1970 to 2106.</summary>
public static class UnixTime
{
    public static uint Of(DateTimeOffset at) => (uint)Math.Clamp(at.ToUnixTimeSeconds(), 0, uint.MaxValue);
}
