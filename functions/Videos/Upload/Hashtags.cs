using System.Globalization;
using System.Text;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Videos.Upload;

/// <summary>
/// Hashtags: <c>#</c> followed by letters, marks, digits and underscores of any script, up to the first other character.
/// Kept in lower case with letters composed, so that the same word typed on two keyboards is the same tag.
/// </summary>
public static class Hashtags
{
    /// <summary>How many a video has at most; those beyond are only text.</summary>
    public const int MaxCount = 30;

    /// <summary>In characters (UTF-16); a longer run is only text.</summary>
    public const int MaxLength = 100;

    private const char FullWidthSign = '＃';

    /// <summary>The tags named outright, then those found in the texts; distinct, in order of first appearance, at most <see cref="MaxCount"/>.</summary>
    public static IReadOnlyList<string> Gather(IEnumerable<string> named, params IEnumerable<string> texts) =>
        [.. named.Select(Normalize).OfType<string>().Concat(texts.SelectMany(Parse)).Distinct(StringComparer.Ordinal).Take(MaxCount)];

    /// <summary>The tags in a text, normalized, in order, repetitions included. A sign within a word (<c>a#b</c>) begins none.</summary>
    public static IEnumerable<string> Parse(string text)
    {
        var inWord = false;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] is '#' or FullWidthSign && !inWord)
            {
                var end = EndOfWord(text, i + 1);
                if (Normalize(text[(i + 1)..end]) is { } tag) yield return tag;

                // Tags may follow each other without a space.
                inWord = false;
                i = end;
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed);
            inWord = IsWord(rune);
            i += consumed;
        }
    }

    /// <summary>The tag in its one spelling, with or without its sign given; null when it is no tag.</summary>
    public static string? Normalize(string tag)
    {
        var word = tag.StartsWith('#') || tag.StartsWith(FullWidthSign) ? tag[1..] : tag;
        if (word.Length is 0 or > MaxLength || EndOfWord(word, 0) != word.Length) return null;

        // Lower case first: the composed letter of a capital and the capital of a composed letter need not both exist.
        return Texts.Normalize(word.ToLowerInvariant());
    }

    private static int EndOfWord(string text, int start)
    {
        var i = start;
        while (i < text.Length && Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) == System.Buffers.OperationStatus.Done && IsWord(rune))
            i += consumed;
        return i;
    }

    private static bool IsWord(Rune rune) => rune.Value == '_' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or
        UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
