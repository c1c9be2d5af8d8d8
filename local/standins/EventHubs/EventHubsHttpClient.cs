using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Azure.Messaging.EventHubs.Producer;

namespace Azure.Messaging.EventHubs;

/// <summary>One hub over the documented REST API, with the retries that were asked for.</summary>
internal sealed class EventHubsHttpClient : IDisposable
{
    private static readonly XNamespace Arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

    private readonly HttpClient _http;
    private readonly Uri _namespace;
    private readonly Uri _address;
    private readonly string _hub;
    private readonly Authorization _authorization;
    private readonly EventHubsRetryOptions _retry;
    private readonly TimeProvider _time;

    public EventHubsHttpClient(
        Uri address, string hub, Authorization authorization, EventHubConnectionOptions connection, EventHubsRetryOptions retry, TimeProvider time)
    {
        (_namespace, _hub, _authorization, _retry, _time) = (address, hub, authorization, retry, time);
        _address = connection.CustomEndpointAddress is { } custom
            ? new UriBuilder(address.Scheme, custom.Host, custom.IsDefaultPort ? -1 : custom.Port).Uri
            : address;
        _http = new HttpClient(new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = connection.ConnectionIdleTimeout,
            Proxy = connection.Proxy,
            UseProxy = connection.Proxy is not null || address.Scheme == Uri.UriSchemeHttps,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task SendAsync(IReadOnlyList<byte[]> events, SendEventOptions options, CancellationToken cancellationToken)
    {
        var body = SendRequest.Join(events);
        if (body.Length > SendRequest.MaximumBytes)
        {
            throw new EventHubsException(false, _hub, $"The events take {body.Length} bytes; the service takes {SendRequest.MaximumBytes}.");
        }

        var path = options.PartitionId is { } partition
            ? $"{_hub}/partitions/{Uri.EscapeDataString(partition)}/messages"
            : $"{_hub}/messages";
        return RetryAsync(
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Address(path)) { Content = new ByteArrayContent(body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", SendRequest.ContentType);
                if (options.PartitionKey is { } key)
                {
                    var properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["PartitionKey"] = key };
                    request.Headers.TryAddWithoutValidation("BrokerProperties", JsonSerializer.Serialize(properties));
                }

                return await AskAsync(request, token).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public async Task<string[]> GetPartitionIdsAsync(CancellationToken cancellationToken)
    {
        var entry = await GetAsync("", "", cancellationToken).ConfigureAwait(false);
        return [.. XElement.Parse(entry).Descendants(Arrays + "string").Select(id => id.Value)];
    }

    /// <summary>Gets what lies below the hub.</summary>
    /// <param name="path">Empty: the hub itself.</param>
    /// <param name="query">More of the query, beginning with an ampersand; or nothing.</param>
    public Task<string> GetAsync(string path, string query, CancellationToken cancellationToken) => RetryAsync(
        async token =>
        {
            var address = Address(path.Length == 0 ? _hub : $"{_hub}/{path}");
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address + query));
            return await AskAsync(request, token).ConfigureAwait(false);
        },
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private Uri Address(string path) => new(_address, path + "?timeout=60&api-version=2014-01");

    private async Task<string> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var resource = new Uri(_namespace, _hub).AbsoluteUri;
        request.Headers.Host = _namespace.IsDefaultPort ? _namespace.Host : _namespace.Authority;
        request.Headers.TryAddWithoutValidation("Authorization", await _authorization(resource, cancellationToken).ConfigureAwait(false));
        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var content = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return content;
        }

        var status = response.StatusCode;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new UnauthorizedAccessException($"{(int)status}: {content}");
        }

        var transient = (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;
        throw new EventHubsException(transient, _hub, $"{(int)status}: {content}", null, response.Headers.RetryAfter?.Delta);
    }

    private async Task<string> RetryAsync(Func<CancellationToken, Task<string>> ask, CancellationToken cancellationToken)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await TryAsync(ask, cancellationToken).ConfigureAwait(false);
            }
            catch (EventHubsException failure) when (failure.IsTransient && retries < _retry.MaximumRetries)
            {
                await Task.Delay(Wait(retries, failure.RetryAfter), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<string> TryAsync(Func<CancellationToken, Task<string>> ask, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_retry.TryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException unreachable)
        {
            throw new EventHubsException(true, _hub, unreachable.Message, unreachable);
        }
        catch (IOException cut)
        {
            throw new EventHubsException(true, _hub, cut.Message, cut);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventHubsException(true, _hub, $"No answer within {_retry.TryTimeout}.", cancelled);
        }
    }

    // A little jitter keeps producers that failed together from coming back together.
    private TimeSpan Wait(int retries, TimeSpan? asked)
    {
        var factor = _retry.Mode == EventHubsRetryMode.Fixed ? 1 : Math.Pow(2, Math.Min(retries, 30));
        var delay = _retry.Delay * factor * (1 + (0.08 * Random.Shared.NextDouble()));
        delay = delay < _retry.MaximumDelay ? delay : _retry.MaximumDelay;
        return asked is { } atLeast && atLeast > delay ? atLeast : delay;
    }
}
