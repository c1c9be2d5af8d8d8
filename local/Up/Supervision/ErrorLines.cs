namespace TikTok.Local.Up.Supervision;

/// <summary>Tells lines that speak of an error from the rest of a service's output.</summary>
public static class ErrorLines
{
    private static readonly string[] Marks = ["fail:", "crit:", "fail ", "crit ", "error:", "error ", "Unhandled exception", "fatal"];

    public static bool IsError(string line)
    {
        var text = line.AsSpan().TrimStart();

        // Behind a time of day.
        if (text.Length > 0 && char.IsAsciiDigit(text[0])) text = text[(text.IndexOf(' ') + 1)..];
        foreach (var mark in Marks)
        {
            if (text.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
