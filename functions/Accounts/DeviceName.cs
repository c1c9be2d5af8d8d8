using System.Text;

namespace TikTok.Functions.Accounts;

/// <summary>What a device calls itself in <c>User-Agent</c>, made fit to be kept and shown: printable ASCII, single spaces, 120 characters at most.</summary>
internal static class DeviceName
{
    public const int MaxLength = 120;

    /// <returns>Empty when it says nothing.</returns>
    public static string Of(string? userAgent)
    {
        var name = new StringBuilder(Math.Min(userAgent?.Length ?? 0, MaxLength));
        foreach (var c in userAgent ?? "")
        {
            // Anything else in this header is somebody's attempt at something: it is of ASCII by RFC 9110.
            if (name.Length == MaxLength) break;
            if (c is > ' ' and <= '~') name.Append(c);
            else if (name.Length > 0 && name[^1] != ' ') name.Append(' ');
        }

        return name.ToString().TrimEnd();
    }
}
