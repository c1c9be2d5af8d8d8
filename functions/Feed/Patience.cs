using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>Waits a little for what a page can do without.</summary>
public sealed partial class Patience(TimeProvider time, ILogger<Patience> logger)
{
    /// <summary>A hundred times what a point read takes, and a quarter of a page's budget.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(500);

    public TimeSpan Limit { get; init; } = Usual;

    /// <param name="what">For the log.</param>
    /// <param name="instead">What to go on with when it fails or is late.</param>
    public async Task<T> TryAsync<T>(string what, T instead, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(Limit, time, work, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or CosmosException or HttpRequestException)
        {
            DoneWithout(logger, what, e.WithoutData());
            return instead;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The feed goes on without {What}")]
    private static partial void DoneWithout(ILogger logger, string what, Exception e);
}
