using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TikTok.Local.Cosmos.Protocol;

/// <summary>One request: its path taken apart, and its body read whole.</summary>
internal sealed class CosmosRequest(HttpRequest http, ResourcePath path)
{
    /// <summary>Requests above this are refused with 413: the service's limit of 2 MiB and room for the envelope.</summary>
    public const int MaxBodyLength = 4 * 1024 * 1024;

    public ResourcePath Path => path;

    public string Method => http.Method;

    public CancellationToken Aborted => http.HttpContext.RequestAborted;

    public static CosmosRequest From(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return new CosmosRequest(context.Request, ResourcePath.Parse(query < 0 ? target : target[..query]));
    }

    public string? Header(string name) => http.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    public bool Flag(string name) => string.Equals(Header(name), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The page size asked for; <paramref name="byDefault"/> when the client leaves it to the service (absent or -1).</summary>
    public int MaxItemCount(int byDefault) =>
        int.TryParse(Header(CosmosHeaders.MaxItemCount), out var count) && count > 0 ? Math.Min(count, byDefault * 10) : byDefault;

    /// <exception cref="CosmosFailure">413 when the body is larger than any valid request.</exception>
    public async ValueTask<byte[]> ReadBodyAsync()
    {
        if (http.ContentLength is { } length)
        {
            if (length > MaxBodyLength)
                throw CosmosFailure.TooLarge();
            var body = new byte[length];
            await http.Body.ReadExactlyAsync(body, Aborted);
            return body;
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await http.Body.ReadAsync(chunk, Aborted)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MaxBodyLength)
                throw CosmosFailure.TooLarge();
        }

        return buffer.ToArray();
    }
}
