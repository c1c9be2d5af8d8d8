using System.Globalization;
using System.Text;

namespace TikTok.Functions.Platform;

/// <summary>Text that people write for other people.</summary>
public static class Texts
{
    /// <summary>In a row: what the Stream-Safe Text Format (UAX #15) allows.</summary>
    private const int MaxMarks = 30;

    /// <summary>What the tags of a subdivision's flag follow (UTS #51).</summary>
    private const int BlackFlag = 0x1F3F4;

    /// <summary>As it is stored: in Normalization Form C (UAX #15), without white space around it.</summary>
    public static string Clean(string text) => Normalize(text).Trim();

    /// <summary>In Normalization Form C (UAX #15): however its accents were composed, the same text is the same string.</summary>
    public static string Normalize(string text) => NormalizationFormC.Normalize(text);

    /// <summary>Length as a reader counts it: in extended grapheme clusters (UAX #29).</summary>
    public static int Length(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>
    /// Whether the text has characters that are not text: controls, unpaired surrogates, noncharacters, the bidirectional embeddings, overrides and
    /// isolates, with which one text can be made to display as another, tags that nobody sees (those of flags are seen), and more marks upon one character
    /// than any language has.
    /// </summary>
    /// <param name="lines">Line feeds are allowed.</param>
    public static bool HasForbidden(string text, bool lines = false)
    {
        var (marks, isFlag) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) return true;
            i += rune.Utf16SequenceLength - 1;
            if (!(lines && rune.Value == '\n') && IsForbidden(rune)) return true;

            var isTag = rune.Value is >= 0xE0000 and <= 0xE007F;
            if (isTag && !isFlag) return true;
            isFlag = isTag || rune.Value == BlackFlag;
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarks) return true;
        }

        return false;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsForbidden(Rune rune) =>
        rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or (>= 0xFDD0 and <= 0xFDEF) or 0xFEFF
        || (rune.Value & 0xFFFE) == 0xFFFE
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
