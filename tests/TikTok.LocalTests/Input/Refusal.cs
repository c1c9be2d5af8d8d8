using System.Text.Json;
using System.Text.RegularExpressions;

namespace TikTok.LocalTests.Input;

/// <summary>What a refusal must be: a whole problem document of a type that is described for the operation, which says nothing of the inside.</summary>
internal static partial class Refusal
{
    /// <summary>What is wrong with a refusal; null when nothing is.</summary>
    /// <param name="operation">null where no operation is asked: the host itself refuses.</param>
    public static string? Fault(ApiOperation? operation, int status, string text, string path = "")
    {
        if (status is < 400 or >= 500) return $"answered {status}: {Shorten(text)}";
        if (IsOfServer(status, text, path)) return null;
        if (Insides().Match(text) is { Success: true } leak) return $"{status} that tells '{leak.Value}': {Shorten(text)}";
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (!root.TryGetProperty("type", out var type) || !root.TryGetProperty("title", out _)) return $"{status} without type or title: {Shorten(text)}";
            if (!root.TryGetProperty("status", out var told) || told.GetInt32() != status) return $"{status} whose document says otherwise: {Shorten(text)}";
            if (type.GetString() == "/problems/invalid" && (!root.TryGetProperty("errors", out var errors) || !errors.EnumerateObject().Any()))
                return $"{status} that names no field: {Shorten(text)}";
            return operation is null || operation.Refuses(status, type.GetString()) || type.GetString() == "/problems/no-route"
                ? null
                : $"{status} {type.GetString()} is not described";
        }
        catch (JsonException)
        {
            return $"{status} without a problem document: {Shorten(text)}";
        }
    }

    /// <summary>Whether the errors are of the field, or of something within it.</summary>
    public static bool Names(string problem, string field)
    {
        using var document = JsonDocument.Parse(problem);
        return document.RootElement.TryGetProperty("errors", out var errors)
            && errors.EnumerateObject().Any(e => e.Name == field || e.Name.StartsWith($"{field}.", StringComparison.Ordinal) || e.Name.StartsWith($"{field}[", StringComparison.Ordinal));
    }

    public static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..300]}…({text.Length})";

    /// <summary>What is no HTTP the web server refuses itself, before any of our code: a target that is too long, too many headers, a zero in the path.</summary>
    private static bool IsOfServer(int status, string text, string path) =>
        text.Length == 0 && (status is 414 or 431 || (status == 400 && path.Contains("%00", StringComparison.Ordinal)));

    [GeneratedRegex(@"Exception|\bat \w+\.\w+|StackTrace|Cosmos|System\.|TikTok\.|/home/|/tmp/|accountKey|-----BEGIN", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Insides();
}
