using Microsoft.Extensions.Logging;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;

namespace TikTok.Functions.Privacy;

/// <summary>One kind of request.</summary>
public interface IPrivacyWork
{
    PrivacyRequestKind Kind { get; }

    /// <summary>Does a bounded amount of what is due, in a way that may be repeated, and saves how far it came.</summary>
    /// <returns>The request as it is now; null when somebody else is at it, or it is not wanted any more.</returns>
    Task<PrivacyRequest?> ContinueAsync(PrivacyRequest request, CancellationToken cancellationToken);
}

/// <summary>
/// Works on requests, a slice of time for each message. Whoever breaks off has its message delivered again; a message that is lost is sent again by the sweep.
/// </summary>
public sealed partial class PrivacyWorker(
    PrivacyRequestStore requests, IEnumerable<IPrivacyWork> kinds, PrivacyQueue queue, PrivacyOptions options, TimeProvider time, ILogger<PrivacyWorker> logger)
{
    private readonly Dictionary<PrivacyRequestKind, IPrivacyWork> _kinds = kinds.ToDictionary(kind => kind.Kind);

    public async Task RunAsync(PrivacyWork work, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var request = await requests.FindAsync(work.UserId, work.Kind, cancellationToken);
        while (request is not null && request.RequestId == work.RequestId && request.Status != PrivacyRequestStatus.Completed)
        {
            var wait = request.DueAt - time.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (wait > TimeSpan.Zero || time.GetElapsedTime(started) > options.Slice)
            {
                await queue.SendAsync(work, cancellationToken, wait);
                return;
            }

            request = await _kinds[request.Kind].ContinueAsync(request, cancellationToken);
            if (request is not null) Continued(logger, request.Kind, request.Status, request.Done.Count, request.Relapses);
        }
    }

    [LoggerMessage(LogLevel.Information, "A privacy request goes on: {Kind} {Status}, {Shares} shares done, {Relapses} relapses")]
    private static partial void Continued(ILogger logger, PrivacyRequestKind kind, PrivacyRequestStatus status, int shares, int relapses);
}
