using System.Text.RegularExpressions;

namespace TikTok.UnitTests.Infra;

/// <summary>The Bicep files as text; enough of a reading for lists of one-line objects and settings.</summary>
internal static partial class Bicep
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string Module(string name) => File.ReadAllText(Path.Combine(RepositoryRoot, "infra", "modules", name + ".bicep"));

    public static IEnumerable<string> AllFiles => Directory.EnumerateFiles(Path.Combine(RepositoryRoot, "infra"), "*.bicep", SearchOption.AllDirectories);

    /// <summary>The lines between <c>var NAME = [</c> (or <c>{</c>) and its closing bracket.</summary>
    public static IReadOnlyList<string> Lines(string bicep, string variable)
    {
        var lines = bicep.Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith($"var {variable} = ", StringComparison.Ordinal));
        Assert.True(start >= 0, $"There is no variable {variable}.");
        return [.. lines.Skip(start + 1).TakeWhile(line => line is not ("]" or "}")).Select(line => line.Trim())];
    }

    /// <summary>The text of <c>resource NAME …</c>, up to the bracket that closes it.</summary>
    public static string Resource(string bicep, string symbol)
    {
        var start = bicep.IndexOf($"\nresource {symbol} ", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no resource {symbol}.");
        return bicep[start..bicep.IndexOf("\n}", start, StringComparison.Ordinal)];
    }

    /// <summary>A property of an object written on one line; null when it is absent.</summary>
    public static string? Property(string line, string name)
    {
        var match = PropertyPattern().Matches(line).FirstOrDefault(m => m.Groups["name"].Value == name);
        return match is null ? null : match.Groups["text"].Success ? match.Groups["text"].Value : match.Groups["bare"].Value;
    }

    public static string Text(string line) => line.Trim('\'');

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "TikTok.sln"))) return directory.FullName;
        }
        throw new DirectoryNotFoundException("TikTok.sln");
    }

    [GeneratedRegex(@"(?<name>\w+): (?:'(?<text>[^']*)'|(?<bare>[\w\-]+))", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyPattern();
}
