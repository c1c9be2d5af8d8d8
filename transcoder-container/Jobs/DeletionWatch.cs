using System.Diagnostics;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Transcoder.Jobs;

/// <summary>Reads the video's document during the work: <see cref="Deleted"/> fires when it is gone or marked deleted.</summary>
internal sealed class DeletionWatch : IAsyncDisposable
{
    private readonly VideoStore _videos;
    private readonly string _videoId;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _deleted = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _reading;

    public DeletionWatch(VideoStore videos, string videoId, TimeSpan interval, TimeProvider time, ILogger log)
    {
        (_videos, _videoId, _log) = (videos, videoId, log);
        _reading = ReadAsync(interval, time, _stopped.Token);
    }

    public CancellationToken Deleted => _deleted.Token;

    /// <summary>Whether the video is gone at this moment. Asked after the last write, its "no" means that a later deletion will find everything.</summary>
    /// <exception cref="CosmosException">The document could not be read.</exception>
    public static async Task<bool> IsDeletedAsync(VideoStore videos, string videoId, CancellationToken cancellationToken) =>
        await videos.FindAsync(videoId, cancellationToken) is null or { Status: VideoStatus.Deleted };

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _reading;
        _stopped.Dispose();
        _deleted.Dispose();
    }

    private async Task ReadAsync(TimeSpan interval, TimeProvider time, CancellationToken stopped)
    {
        // The looks go on as long as the work: as spans they would bury it.
        Activity.Current = null;
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopped))
            {
                if (!await IsDeletedOrUnknownAsync(stopped)) continue;
                await _deleted.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }
    }

    private async Task<bool> IsDeletedOrUnknownAsync(CancellationToken stopped)
    {
        try
        {
            return await IsDeletedAsync(_videos, _videoId, stopped);
        }
        catch (Exception e) when (e is CosmosException or HttpRequestException)
        {
            // The check after the last write decides; until then a failed read costs nothing but wasted work.
            _log.LogWarning(e, "The video document could not be read");
            return false;
        }
    }
}
