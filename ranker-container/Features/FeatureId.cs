using System.IO.Hashing;
using System.Text;

namespace TikTok.Ranker.Features;

/// <summary>What an id is the id of: equal texts of two fields are two ids.</summary>
public enum Field
{
    User = 1,
    Video,
    Creator,
    Sound,
    Hashtag,
    Country,

    /// <summary>A word of a title or description.</summary>
    Word,

    /// <summary>About how long a video is.</summary>
    Length,

    /// <summary>What is the same for everybody.</summary>
    Everyone,
}

/// <summary>The 64-bit ids that embeddings, tastes and filters go by.</summary>
/// <remarks>Among 10⁸ ids there is one chance in 3,700 that any two are the same (decision 051). 0 stands for none.</remarks>
public static class FeatureId
{
    public const long None = 0;
    private const int MaxStackBytes = 256;

    /// <summary>XXH3 of the UTF-8 text, seeded by the field. None for null and for the empty text.</summary>
    public static long Of(Field field, string? text)
    {
        if (string.IsNullOrEmpty(text)) return None;
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = length <= MaxStackBytes ? stackalloc byte[length] : new byte[length];
        return Of(field, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>The same of a text in UTF-8.</summary>
    public static long Of(Field field, ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? None : (long)XxHash3.HashToUInt64(utf8, (long)field);
}
