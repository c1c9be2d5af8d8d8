using System.Buffers;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>
/// Answers every request within its deadline: with the pipeline's page, or, where that is not ready, with what trends. Nobody waits for a feed, and nobody gets none.
/// </summary>
public sealed partial class RankService(
    RequestBuffersPool pool,
    Admission admission,
    RankPipeline pipeline,
    Retriever retriever,
    VideoTable videos,
    TimeProvider time,
    ILogger<RankService> logger)
{
    public RequestBuffers Rent() => pool.Rent();

    /// <returns>null when <see cref="RequestBuffers.Answer"/> holds the page; else why there is none, and what trends is to be answered (<see cref="WhatTrends"/>).</returns>
    public async ValueTask<Degradations?> RankAsync(RequestBuffers buffers, RequestDeadline deadline)
    {
        var started = time.GetTimestamp();
        if (!await admission.EnterAsync(deadline)) return Degradations.Overload | Degradations.Static;

        buffers.Hold();
        var entered = time.GetTimestamp();
        var working = Task.Run(async () =>
        {
            try
            {
                await pipeline.RunAsync(buffers, deadline);
            }
            finally
            {
                admission.Leave(time.GetElapsedTime(entered));
                buffers.Release();
            }
        });
        using var waiting = new CancellationTokenSource();
        var patience = deadline.Before(StageBudgets.Response).Remaining;
        if (patience <= TimeSpan.Zero || await Task.WhenAny(working, Task.Delay(patience, time, waiting.Token)) != working)
        {
            Late(logger, time.GetElapsedTime(started).TotalMilliseconds);
            return Degradations.Static;
        }
        await waiting.CancelAsync();
        if (working.IsCompletedSuccessfully) return null;

        Failed(logger, working.Exception!.InnerException!);
        return Degradations.Static;
    }

    /// <summary>What anybody may be shown, less what this session has had. Safe for teens, as nothing is looked up of the person.</summary>
    /// <returns>How many rows there are, at most what the query asks for.</returns>
    public int WhatTrends(RankQuery query, Span<int> rows)
    {
        var count = 0;
        foreach (var row in retriever.ForAnybody)
        {
            if (count == query.Count) break;
            ref readonly var video = ref videos[row];
            if (video.IsListed && (video.Flags & VideoFlags.NotForTeens) == 0 && !query.Session.Contains(video.Video)) rows[count++] = row;
        }
        return count;
    }

    [LoggerMessage(LogLevel.Warning, "A request was not ranked after {Milliseconds:0.0} ms; it is answered with what trends")]
    private static partial void Late(ILogger logger, double milliseconds);

    [LoggerMessage(LogLevel.Error, "A request could not be ranked; it is answered with what trends")]
    private static partial void Failed(ILogger logger, Exception e);
}
