using System.Globalization;
using System.Text;

namespace TikTok.Functions.Platform;

/// <summary>
/// Normalization Form C (UAX #15). The framework's own does nothing in globalization-invariant mode, which is how this service runs, so that it behaves the
/// same on every machine whatever its ICU and its locale.
/// </summary>
internal static class NormalizationFormC
{
    /// <summary>Below it no character is composed, combines or changes.</summary>
    private const char FirstCombining = '\u0300';

    // Hangul syllables by arithmetic (The Unicode Standard, §3.12).
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7;
    private const int LCount = 19, VCount = 21, TCount = 28, SCount = LCount * VCount * TCount;

    private static readonly Lazy<Tables> Data = new(Tables.Load);

    /// <remarks>Unpaired surrogates are replaced by U+FFFD.</remarks>
    public static string Normalize(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange(FirstCombining, '\uFFFF') < 0) return text;

        var runes = new List<Rune>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune, runes);
        Reorder(runes);
        var composed = new StringBuilder(text.Length);
        foreach (var rune in Compose(runes)) composed.Append(rune);
        return composed.ToString();
    }

    private static void Decompose(Rune rune, List<Rune> into)
    {
        var syllable = rune.Value - SBase;
        if (syllable is >= 0 and < SCount)
        {
            into.Add(new Rune(LBase + (syllable / (VCount * TCount))));
            into.Add(new Rune(VBase + (syllable % (VCount * TCount) / TCount)));
            if (syllable % TCount != 0) into.Add(new Rune(TBase + (syllable % TCount)));
        }
        else if (Data.Value.Decompositions.TryGetValue(rune, out var parts))
        {
            foreach (var part in parts) Decompose(part, into);
        }
        else
        {
            into.Add(rune);
        }
    }

    /// <summary>Sorts every run of combining marks by class, those of one class in the order they came.</summary>
    private static void Reorder(List<Rune> runes)
    {
        var start = 0;
        while (start < runes.Count)
        {
            var end = start;
            while (end < runes.Count && Class(runes[end]) != 0) end++;
            if (end - start > 1)
            {
                Rune[] sorted = [.. runes[start..end].OrderBy(Class)];
                for (var i = 0; i < sorted.Length; i++) runes[start + i] = sorted[i];
            }

            start = Math.Max(end, start + 1);
        }
    }

    private static List<Rune> Compose(List<Rune> runes)
    {
        var composed = new List<Rune>(runes.Count);
        var starter = -1;
        var lastClass = 0;
        foreach (var rune in runes)
        {
            var runeClass = Class(rune);

            // A mark is blocked from the starter by one of its own class or a higher one between them.
            var adjacent = starter >= 0 && starter == composed.Count - 1;
            if (starter >= 0 && (adjacent || (lastClass != 0 && lastClass < runeClass)) && Pair(composed[starter], rune) is { } pair)
            {
                composed[starter] = pair;
                continue;
            }

            if (runeClass == 0) starter = composed.Count;
            lastClass = runeClass;
            composed.Add(rune);
        }

        return composed;
    }

    private static Rune? Pair(Rune first, Rune second)
    {
        var l = first.Value - LBase;
        var v = second.Value - VBase;
        if (l is >= 0 and < LCount && v is >= 0 and < VCount) return new Rune(SBase + (((l * VCount) + v) * TCount));

        var s = first.Value - SBase;
        var t = second.Value - TBase;
        if (s is >= 0 and < SCount && s % TCount == 0 && t is > 0 and < TCount) return new Rune(first.Value + t);

        return Data.Value.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int Class(Rune rune) => rune.Value < FirstCombining ? 0 : Data.Value.Classes.GetValueOrDefault(rune);

    private sealed record Tables(Dictionary<Rune, Rune[]> Decompositions, Dictionary<(Rune, Rune), Rune> Compositions, Dictionary<Rune, byte> Classes)
    {
        /// <summary>Reads nfc.txt, which says itself what its lines are.</summary>
        public static Tables Load()
        {
            var tables = new Tables([], [], []);
            using var stream = typeof(NormalizationFormC).Assembly.GetManifestResourceStream("nfc.txt")
                ?? throw new InvalidOperationException("The resource nfc.txt is missing.");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                var fields = line.Split(' ');
                if (fields[0] is "d" or "x")
                    tables.AddDecomposition(Parse(fields[1]), [.. fields[2..].Select(Parse)], composes: fields[0] == "d");
                else if (fields[0] is "c")
                    tables.AddClass(byte.Parse(fields[1], CultureInfo.InvariantCulture), fields[2..]);
            }

            return tables;
        }

        private void AddDecomposition(Rune rune, Rune[] parts, bool composes)
        {
            Decompositions[rune] = parts;
            if (composes) Compositions[(parts[0], parts[1])] = rune;
        }

        private void AddClass(byte value, IEnumerable<string> ranges)
        {
            foreach (var range in ranges)
            {
                var bounds = range.Split('-');
                for (var i = Parse(bounds[0]).Value; i <= Parse(bounds[^1]).Value; i++) Classes[new Rune(i)] = value;
            }
        }

        private static Rune Parse(string hex) => new(int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }
}
