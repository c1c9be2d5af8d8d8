namespace TikTok.Functions.Accounts;

/// <summary>
/// The passwords that people choose first, made from <c>common-passwords.txt</c> by rules: each stem alone, twice, with the common endings and every year of a
/// living person's, spelt plainly and in leet; keyboard walks; dates; and digits in every regular order. In lower case, which is how they are looked up,
/// and of 8 characters and more: shorter ones are refused anyway. The same list on every machine.
/// </summary>
internal static class CommonPasswords
{
    private const string Resource = "common-passwords.txt";
    private const int FirstYear = 1950;
    private const int LastYear = 2030;

    /// <summary>How many <see cref="All"/> gives, so that a filter need not go through them twice.</summary>
    public const int Count = 1_459_937;

    /// <summary>What is put between a stem and a year, or after the year.</summary>
    private static readonly (string Before, string After)[] YearForms = [("", ""), ("@", ""), ("_", ""), ("", "!")];

    /// <summary>The endings of what is spelt in leet: those who take that trouble seldom take another.</summary>
    private static readonly string[] LeetEndings = ["", "1", "12", "123", "1234", "12345", "!", "1!", "123!", "@123", "2010", "2020", "2024", "2025", "2026"];

    /// <summary>The spellings of leet that are in use, each as what it writes for <c>aeiost</c>.</summary>
    private static readonly string[] LeetSpellings = ["@310$t", "431057", "@ei0st", "@eiost", "aei0st", "a3iost", "@310st"];

    /// <summary>All of them; some twice.</summary>
    public static IEnumerable<string> All()
    {
        var kinds = Read();
        IReadOnlyList<string> endings = kinds["endings"];
        var stems = kinds["words"].Concat(kinds["names"]).Concat(kinds["walks"]).Concat(kinds["phrases"]).Distinct(StringComparer.Ordinal).ToList();
        return stems.SelectMany(stem => Of(stem, endings))
            .Concat(kinds["names"].SelectMany(name => (string[])[$"ilove{name}", $"ilove{name}1", $"{name}ilove", $"love{name}", $"{name}love", $"my{name}", $"{name}isthebest"]))
            .Concat(Dates())
            .Concat(Digits())
            .Where(password => password.Length >= PasswordRules.MinLength);
    }

    private static IEnumerable<string> Of(string stem, IReadOnlyList<string> endings)
    {
        yield return stem;
        yield return stem + stem;
        foreach (var before in (string[])["1", "12", "123", "1234", "my", "the", "i", "mr", "x"]) yield return before + stem;
        foreach (var ending in endings) yield return stem + ending;
        for (var year = FirstYear; year <= LastYear; year++)
        {
            foreach (var (before, after) in YearForms) yield return $"{stem}{before}{year}{after}";
            yield return $"{stem}{year % 100:D2}";
        }

        foreach (var spelt in LeetSpellings.Select(spelling => Spell(stem, spelling)).Where(spelt => spelt != stem).Distinct(StringComparer.Ordinal))
        {
            foreach (var ending in LeetEndings) yield return spelt + ending;
        }
    }

    private static string Spell(string stem, string spelling) => string.Create(stem.Length, (stem, spelling), static (chars, s) =>
    {
        for (var i = 0; i < chars.Length; i++)
        {
            var letter = "aeiost".IndexOf(s.stem[i], StringComparison.Ordinal);
            chars[i] = letter < 0 ? s.stem[i] : s.spelling[letter];
        }
    });

    /// <summary>Days in the orders that people write them, and with the separators.</summary>
    private static IEnumerable<string> Dates()
    {
        for (var year = FirstYear; year <= LastYear; year++)
        {
            for (var month = 1; month <= 12; month++)
            {
                for (var day = 1; day <= DateTime.DaysInMonth(year, month); day++)
                {
                    yield return $"{day:D2}{month:D2}{year}";
                    yield return $"{month:D2}{day:D2}{year}";
                    yield return $"{year}{month:D2}{day:D2}";
                    yield return $"{day:D2}.{month:D2}.{year}";
                    yield return $"{day:D2}/{month:D2}/{year}";
                    yield return $"{year}-{month:D2}-{day:D2}";
                }
            }
        }
    }

    /// <summary>One character, or up to four digits, again and again; and runs up and down.</summary>
    private static IEnumerable<string> Digits()
    {
        const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789.*!@#$%-_+=? ";
        foreach (var c in Characters)
        {
            for (var length = 8; length <= 32; length++) yield return new string(c, length);
        }

        for (var digits = 2; digits <= 4; digits++)
        {
            for (var value = 0; value < Math.Pow(10, digits); value++)
            {
                var unit = value.ToString($"D{digits}");
                for (var times = 2; times <= 8; times++) yield return string.Concat(Enumerable.Repeat(unit, times));
            }
        }

        foreach (var run in (string[])["01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba"])
        {
            for (var start = 0; start < run.Length; start++)
            {
                for (var length = 8; start + length <= run.Length; length++) yield return run.Substring(start, length);
            }
        }
    }

    private static Dictionary<string, List<string>> Read()
    {
        using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)!);
        var kinds = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? kind = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('[')) kinds[line.Trim('[', ']')] = kind = [];
            else if (!line.StartsWith("# ", StringComparison.Ordinal)) kind?.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return kinds;
    }
}
