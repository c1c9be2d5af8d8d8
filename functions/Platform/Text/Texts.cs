using System.Globalization;
using System.Text;

namespace TikTok.Functions.Platform;

/// <summary>Text that people write for other people.</summary>
public static class Texts
{
    /// <summary>As it is stored: in Normalization Form C (UAX #15), without white space around it.</summary>
    public static string Clean(string text) => Normalize(text).Trim();

    /// <summary>In Normalization Form C (UAX #15): however its accents were composed, the same text is the same string.</summary>
    public static string Normalize(string text) => NormalizationFormC.Normalize(text);

    /// <summary>Length as a reader counts it: in extended grapheme clusters (UAX #29).</summary>
    public static int Length(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>
    /// Whether the text has characters that are not text: controls, unpaired surrogates, noncharacters, and the bidirectional embeddings, overrides and
    /// isolates, with which one text can be made to display as another.
    /// </summary>
    /// <param name="lines">Line feeds are allowed.</param>
    public static bool HasForbidden(string text, bool lines = false)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) return true;
            i += rune.Utf16SequenceLength - 1;
            if (!(lines && rune.Value == '\n') && IsForbidden(rune)) return true;
        }

        return false;
    }

    private static bool IsForbidden(Rune rune) =>
        rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or (>= 0xFDD0 and <= 0xFDEF) or 0xFEFF
        || (rune.Value & 0xFFFE) == 0xFFFE
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
