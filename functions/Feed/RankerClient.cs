using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Ranking;
using TikTok.Core.Telemetry;

namespace TikTok.Functions.Feed;

/// <param name="Deadline">What the ranker is given for an answer; the wire is given as much again.</param>
public sealed record RankerOptions(TimeSpan Deadline);

/// <summary>Asks the ranker container, and gives up in time: nobody waits for a feed.</summary>
public sealed partial class RankerClient(HttpClient http, RankerOptions options, RankerCircuit circuit, ILogger<RankerClient> logger)
{
    /// <summary>The next videos, best first, or what trends where the ranker had no time to rank; null when the ranker is late, overloaded, failing, or known to be (see <see cref="RankerCircuit"/>).</summary>
    public async Task<FeedPage?> RankAsync(string userId, int count, IReadOnlyList<string> exclude, CancellationToken cancellationToken)
    {
        var request = new RankRequest { UserId = userId, Count = count, Exclude = exclude, DeadlineMs = (int)options.Deadline.TotalMilliseconds };
        using var activity = Tracing.Source.StartActivity("rank", ActivityKind.Client);
        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            var response = await circuit.Pipeline.ExecuteAsync(
                static async (state, token) =>
                {
                    using var response = await state.http.PostAsJsonAsync("rank", state.request, CoreJson.Options, token);
                    if (IsShed(response)) return null;
                    response.EnsureSuccessStatusCode();
                    return await response.Content.ReadFromJsonAsync<RankResponse>(CoreJson.Options, token) ?? throw new JsonException("The ranker answered null.");
                },
                (http, request), cancellationToken);
            outcome = response switch { null => "shed", { Ranker: RankResponse.Static } => "static", _ => "answered" };
            if (response is null) return null;
            activity?.SetTag("ranker.ranking", response.Ranker).SetTag("ranker.degradations", string.Join(' ', response.Degradations));
            var videoIds = response.Items.Select(i => i.VideoId).ToList();
            if (response.Ranker != RankResponse.Static) return new FeedPage(videoIds);

            // Nothing to show is the end of a feed only where somebody has looked.
            return videoIds.Count == 0 ? null : new FeedPage(videoIds, FallbackFeed.Trending);
        }
        catch (BrokenCircuitException)
        {
            outcome = "open";
            activity?.SetStatus(ActivityStatusCode.Error, "The circuit is open");
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or JsonException)
        {
            if (e is TimeoutRejectedException) outcome = "late";
            activity.Fail(e);
            Missed(logger, e);
            return null;
        }
        finally
        {
            activity?.SetTag("ranker.outcome", outcome);
            Metrics.RecommendationLatency.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>
    /// A ranker that has more to do than it can says so at once and means this request only: a miss, but no failure, since with an open circuit the next
    /// five seconds' requests would all be missed where most can be answered.
    /// </summary>
    private static bool IsShed(HttpResponseMessage response) => response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null };

    [LoggerMessage(LogLevel.Warning, "The ranker did not answer in time; the feed falls back")]
    private static partial void Missed(ILogger logger, Exception e);
}

/// <summary>One state for all requests: after half of ten seconds' calls failed, five seconds without any, so that a ranker that struggles is not asked harder.</summary>
public sealed class RankerCircuit(RankerOptions options, TimeProvider time)
{
    public ResiliencePipeline Pipeline { get; } = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 8,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(5),
        })
        .AddTimeout(options.Deadline * 2)
        .Build();
}
