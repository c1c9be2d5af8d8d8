using Microsoft.AspNetCore.Http;

namespace TikTok.Functions.Platform;

/// <summary>Reads a request's body once, within a limit, for whoever asks.</summary>
internal static class RequestBody
{
    /// <summary>What a JSON body may have, unless its function allows more.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>
    /// How long a body may take to come. At the size that is allowed this is 50 kbit/s, and a client that sends a byte now and then holds nothing for longer.
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    /// <exception cref="ProblemException">413: longer than <paramref name="maxBytes"/>. 408: not all there within <see cref="MaxWait"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<Bytes>() is not { } read)
        {
            if (request.ContentLength > maxBytes) throw Problems.TooLarge(maxBytes);
            read = new Bytes(await ReadUpToAsync(request.Body, maxBytes, cancellationToken));
            request.HttpContext.Features.Set(read);
        }

        return read.Value.Length <= maxBytes ? read.Value : throw Problems.TooLarge(maxBytes);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadUpToAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MaxWait);
        using var buffer = new MemoryStream();
        var chunk = new byte[8 * 1024];
        try
        {
            int count;
            while ((count = await body.ReadAsync(chunk, timeout.Token)) > 0)
            {
                if (buffer.Length + count > maxBytes) throw Problems.TooLarge(maxBytes);
                buffer.Write(chunk, 0, count);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Problems.RequestTimeout();
        }

        return buffer.ToArray();
    }

    private sealed record Bytes(ReadOnlyMemory<byte> Value);
}
