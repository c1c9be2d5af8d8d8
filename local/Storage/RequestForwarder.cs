using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TikTok.Local.Storage;

/// <summary>
/// Passes a request on as it is, byte for byte, and its answer back: method, target, headers (the Host too, so that what was
/// signed stays as it was), status and body, streamed both ways and never held whole.
/// </summary>
internal sealed class RequestForwarder : IDisposable
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
    };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),

        // Azurite closes idle connections after five seconds; one that is reused in that moment would fail a request.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(3),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    /// <summary>Passes the request of a context to <paramref name="target"/>.</summary>
    /// <exception cref="HttpRequestException">The other side is not there, or cut the connection before it answered.</exception>
    public async Task ForwardAsync(HttpContext context, Uri target)
    {
        using var request = Copy(context, target);
        using var response = await _http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        if (context.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = response.ReasonPhrase;
        }

        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!HopByHop.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Copy(HttpContext context, Uri target)
    {
        var incoming = context.Request;
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var address = new Uri(target.GetLeftPart(UriPartial.Authority) + rawTarget,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), address)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var hasBody = incoming.ContentLength is not null || incoming.Headers.ContainsKey("Transfer-Encoding");
        if (hasBody || incoming.ContentType is not null)
        {
            request.Content = new IncomingBody(incoming, hasBody);
        }

        foreach (var (name, values) in incoming.Headers)
        {
            if (!HopByHop.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content ??= new IncomingBody(incoming, hasBody);
                request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private sealed class IncomingBody(HttpRequest incoming, bool hasBody) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            hasBody ? incoming.BodyReader.CopyToAsync(stream, cancellationToken) : Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = incoming.ContentLength ?? 0;
            return incoming.ContentLength is not null || !hasBody;
        }
    }
}
