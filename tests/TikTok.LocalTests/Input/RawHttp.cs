using System.Net.Sockets;
using System.Text;

namespace TikTok.LocalTests.Input;

/// <summary>Requests as bytes on a connection: what a well-behaved client cannot send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="request">What is sent at once. The connection stays open.</param>
    /// <param name="more">What follows, a piece every so often, until there is an answer.</param>
    /// <returns>The status and what of a JSON body came with it; status 0 when the connection was closed without an answer.</returns>
    public static async Task<(int Status, string Text)> SendAsync(Uri address, byte[] request, (byte[] Piece, TimeSpan Every)? more = null)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(request, timeout.Token);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token);
        var sending = more is { } m ? TrickleAsync(stream, m.Piece, m.Every, answered.Token) : Task.CompletedTask;
        var text = await ReadAsync(stream, timeout.Token);
        await answered.CancelAsync();
        await sending;
        return text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? (int.Parse(text.AsSpan(9, 3)), text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]) : (0, text);
    }

    public static byte[] Head(string method, string target, params IEnumerable<string> headers) =>
        Encoding.Latin1.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    private static async Task TrickleAsync(NetworkStream stream, byte[] piece, TimeSpan every, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(every);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await stream.WriteAsync(piece, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Answered, or closed by who had enough.
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (!IsWhole(Encoding.UTF8.GetString(answer.ToArray())) && await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                answer.Write(buffer, 0, count);
        }
        catch (IOException)
        {
            // Closed the hard way, as a server does on what it does not want to read to its end.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        var lengthAt = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (lengthAt < 0 || lengthAt > end) return text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        var length = int.Parse(text.AsSpan(lengthAt + 16, text.IndexOf("\r\n", lengthAt, StringComparison.Ordinal) - lengthAt - 16));
        return Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= length;
    }
}
