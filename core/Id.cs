using System.Buffers.Binary;

namespace TikTok.Core;

/// <summary>
/// Document ids: UUIDv7 (RFC 9562 §5.7) in lower-case base32hex (RFC 4648 §7, no padding): 26 characters whose ordinal order
/// is the order of creation to the millisecond.
/// </summary>
public static class Id
{
    public const int Length = 26;

    // Digits before letters, so that the ordinal order of strings is the order of the numbers.
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";

    public static string New(TimeProvider time) => Encode(Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>Whether <paramref name="text"/> has the form of an id; says nothing of whether such a document exists.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: Length } && text[0] is >= '0' and <= '7' && !text.AsSpan().ContainsAnyExcept(Alphabet);

    /// <summary>The id as the number that it spells: 16 bytes instead of 26 characters, in the same order.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> has not the form of an id.</exception>
    public static UInt128 Parse(string text)
    {
        if (!IsValid(text)) throw new FormatException("Not an id.");
        var value = UInt128.Zero;
        foreach (var c in text) value = (value << 5) | (uint)(c <= '9' ? c - '0' : c - 'a' + 10);
        return value;
    }

    /// <summary>What <see cref="Parse"/> read.</summary>
    public static string Format(UInt128 value) =>
        string.Create(Length, value, static (chars, v) =>
        {
            for (var i = chars.Length - 1; i >= 0; i--, v >>= 5) chars[i] = Alphabet[(int)(uint)(v & 31)];
        });

    private static string Encode(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return Format(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
