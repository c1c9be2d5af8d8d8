using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>Something that is the same for everyone: read at most once a minute, by one for all who ask meanwhile. While it cannot be read, it is what it was.</summary>
/// <param name="what">For the log.</param>
internal sealed partial class SharedReading<T>(string what, Func<CancellationToken, Task<T>> read, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<Reading>? _reading;
    private volatile Reading? _last;

    /// <exception cref="Exception">It was never read, and cannot be.</exception>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        if (_last is not { } last) return (await ReadOnceAsync().WaitAsync(cancellationToken)).Value;
        if (last.At + FreshFor > time.GetUtcNow()) return last.Value;
        try
        {
            return (await ReadOnceAsync().WaitAsync(Patience.Usual, time, cancellationToken)).Value;
        }
        catch (Exception e) when (e is TimeoutException or CosmosException or HttpRequestException)
        {
            return last.Value;
        }
    }

    private Task<Reading> ReadOnceAsync()
    {
        // Nobody's request: whoever waits may give up, and the next one finds what was read.
        lock (_gate) return _reading ??= Task.Run(ReadAsync);
    }

    private async Task<Reading> ReadAsync()
    {
        try
        {
            return _last = new Reading(await Deadline.RunAsync(ReadWithin, time, read, CancellationToken.None), time.GetUtcNow());
        }
        catch (Exception e)
        {
            Unread(logger, what, e.WithoutData());
            throw;
        }
        finally
        {
            lock (_gate) _reading = null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{What} cannot be read")]
    private static partial void Unread(ILogger logger, string what, Exception e);

    private sealed record Reading(T Value, DateTimeOffset At);
}
