using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TikTok.Local.Storage;

/// <summary>
/// Follows what happens in local storage. The sequence goes on for ever over cuts and restarts of the gateway: each time the
/// subscription stands (again) it says <see cref="StorageEventType.Connected"/>, and whoever must not miss anything looks at that
/// moment, because what happened while it was away is not told.
/// </summary>
/// <param name="gateway">The blob or the queue address of <c>TikTok.Local storage</c>.</param>
/// <param name="time">The clock of the waits between tries.</param>
public sealed class StorageEvents(Uri gateway, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Everything that happens from now on, until the token is cancelled.</summary>
    public async IAsyncEnumerable<StorageEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        while (true)
        {
            using var reader = await ConnectAsync(cancellationToken);
            while (reader is not null && await NextAsync(reader, cancellationToken) is { } happened)
            {
                wait = FirstWait;
                yield return happened;
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static async Task<StorageEvent?> NextAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken) is { } line
                ? JsonSerializer.Deserialize<StorageEvent>(line, StorageEventBroadcast.Json)
                : null;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException or JsonException)
        {
            return null;
        }
    }

    private async Task<StreamReader?> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new StreamReader(await _http.GetStreamAsync(new Uri(gateway, "_events"), cancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
