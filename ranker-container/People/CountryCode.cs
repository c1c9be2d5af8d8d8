namespace TikTok.Ranker.People;

/// <summary>ISO 3166-1 alpha-2 in two bytes; 0 is unknown.</summary>
public static class CountryCode
{
    public static ushort Of(string? country) => country is [var first, var second] ? (ushort)((first << 8) | second) : (ushort)0;

    public static string? Text(ushort code) => code == 0 ? null : new string([(char)(code >> 8), (char)(code & 0xFF)]);
}
