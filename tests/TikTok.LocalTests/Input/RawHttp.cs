using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TikTok.LocalTests.Input;

/// <summary>Requests as bytes on a connection: what a well-behaved client cannot send.</summary>
internal static class RawHttp
{
    /// <param name="request">Everything that is sent; nothing more follows, and the connection stays open.</param>
    /// <returns>The status and what of a JSON body came with it; status 0 when the connection was closed without an answer.</returns>
    public static async Task<(int Status, string Text)> SendAsync(Uri address, byte[] request, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(request, timeout.Token);

        var answer = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (!IsWhole(Encoding.UTF8.GetString(answer.ToArray())) && await stream.ReadAsync(buffer, timeout.Token) is > 0 and var count)
                answer.Write(buffer, 0, count);
        }
        catch (IOException)
        {
            // Closed the hard way, as a server does on what it does not want to read to its end.
        }

        var text = Encoding.UTF8.GetString(answer.ToArray());
        return text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? (int.Parse(text.AsSpan(9, 3)), text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]) : (0, text);
    }

    public static byte[] Head(string method, string target, string host, params IEnumerable<string> headers) =>
        Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var lengthAt = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (lengthAt < 0 || lengthAt > end) return text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        var length = int.Parse(text[(lengthAt + 16)..text.IndexOf("\r\n", lengthAt, StringComparison.Ordinal)]);
        return Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= length;
    }

    /// <summary>What is wrong with a refusal; null when it is a whole problem document.</summary>
    public static string? Fault(int status, string text)
    {
        if (status is < 400 or >= 500) return $"answered {status}: {Shorten(text)}";
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (!root.TryGetProperty("type", out var type) || !root.TryGetProperty("title", out _)) return $"{status} without type or title: {Shorten(text)}";
            if (!root.TryGetProperty("status", out var told) || told.GetInt32() != status) return $"{status} whose document says otherwise: {Shorten(text)}";
            return type.GetString() == "/problems/invalid" && (!root.TryGetProperty("errors", out var errors) || !errors.EnumerateObject().Any())
                ? $"{status} that names no field: {Shorten(text)}"
                : null;
        }
        catch (JsonException)
        {
            return $"{status} without a problem document: {Shorten(text)}";
        }
    }

    public static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..300]}…({text.Length})";
}
