using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TikTok.Core;
using TikTok.Core.Ranking;
using TikTok.Core.Telemetry;
using TikTok.Ranker.Experiments;
using TikTok.Ranker.Features;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>The container's HTTP surface. It has internal ingress only: the functions are its one caller.</summary>
public static class RankerEndpoints
{
    /// <summary>5,000 ids of 26 characters with quotes and commas, and room for the rest.</summary>
    private const int MaxBody = 256 * 1024;

    private const int MaxSimilar = 100;

    public static void MapRanker(this WebApplication app)
    {
        app.MapPost("/rank", RankAsync);
        app.MapPost("/similar", Similar);
        app.MapGet("/explain/{userId}/{videoId}", ExplainAsync);
        app.MapGet("/health", () => TypedResults.Ok());
        app.MapGet("/serving", Report);
        app.MapReadiness();
    }

    private static async Task RankAsync(HttpContext http, RankService service, VideoTable videos, TimeProvider time)
    {
        var started = time.GetTimestamp();
        var clock = new StageClock(time);
        var buffers = service.Rent();
        try
        {
            if (await ReadAsync(http.Request, buffers.Query) is { } error)
            {
                Measure("refused");
                await TypedResults.Problem(error, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(http);
                return;
            }
            clock.Done("parse");

            var deadline = new RequestDeadline(time, started, TimeSpan.FromMilliseconds(buffers.Query.DeadlineMs));
            var without = await service.RankAsync(buffers, deadline);
            clock = new StageClock(time);
            http.Response.ContentType = "application/json; charset=utf-8";
            if (without is { } reasons) WriteStatic(http.Response.BodyWriter, service, buffers.Query, reasons, videos);
            else RankAnswerWriter.Write(http.Response.BodyWriter, buffers, videos);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            clock.Done("response");

            var degradations = without ?? buffers.Answer.Degradations;
            foreach (var name in degradations) Metrics.RankDegradations.Add(1, new KeyValuePair<string, object?>("reason", name));
            if (without is null) RankingExperiments.Expose(buffers.Settings);
            Measure(without is not null ? "static" : degradations == Degradations.None ? "whole" : "degraded");
        }
        finally
        {
            buffers.Release();
        }

        void Measure(string outcome) =>
            Metrics.RankDuration.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <returns>What is wrong with the body; null when nothing is.</returns>
    private static async ValueTask<string?> ReadAsync(HttpRequest request, RankQuery query)
    {
        if (request.ContentLength > MaxBody) return "The body may have at most 256 KiB.";
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (read.Buffer.Length > MaxBody) return "The body may have at most 256 KiB.";
            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var error = query.Read(read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return error;
        }
    }

    private static void WriteStatic(PipeWriter into, RankService service, RankQuery query, Degradations reasons, VideoTable videos)
    {
        Span<int> rows = stackalloc int[RankAnswer.MaxPicks];
        var count = service.WhatTrends(query, rows);
        RankAnswerWriter.WriteStatic(into, rows[..count], reasons, videos);
    }

    private static Results<Ok<SimilarResponse>, ProblemHttpResult> Similar(SimilarRequest request, INearestVideos nearest, VideoTable videos)
    {
        if (request.Count is < 1 or > MaxSimilar) return Bad("count must be 1 to 100.");
        var row = videos.Find(FeatureId.Of(Field.Video, request.VideoId));
        if (row < 0) return TypedResults.Problem("There is no such video here.", statusCode: StatusCodes.Status404NotFound);

        Span<int> rows = stackalloc int[MaxSimilar];
        var found = nearest.Similar(row, rows[..request.Count], new ListedForAll(videos));
        var ids = new string[found];
        for (var i = 0; i < found; i++) ids[i] = videos.IdOf(rows[i]);
        return TypedResults.Ok(new SimilarResponse(ids));
    }

    private static async Task<Results<Ok<Explanation>, ProblemHttpResult>> ExplainAsync(string userId, string videoId, Explainer explainer) =>
        Id.IsValid(userId) && Id.IsValid(videoId) ? TypedResults.Ok(await explainer.ExplainAsync(userId, videoId)) : Bad("Both must be ids.");

    /// <summary>Said in words that they are services: a server that nothing feeds, as benchmarks have one, has no followers, and answers everything else.</summary>
    private static Ok<ServingReport> Report([FromServices] LogFollower log, [FromServices] ModelFollower models, [FromServices] RankingModelSlot slot) => TypedResults.Ok(new ServingReport
    {
        Events = log.Applied,
        RepeatedEvents = log.Repeated,
        FailedEvents = log.Failed,
        BehindSeconds = log.Behind.TotalSeconds,
        Publication = models.Serving?.Version,
        Model = slot.Version,
        RefusedModels = models.Refused,
        FailedLooks = models.Failed,
    });

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}

/// <summary>What <c>GET /serving</c> answers: how far the server follows the log and what is published.</summary>
public sealed record ServingReport
{
    /// <summary>Events of the log applied since the start, each once.</summary>
    public required long Events { get; init; }

    /// <summary>Events that came again, and were not applied again.</summary>
    public required long RepeatedEvents { get; init; }

    /// <summary>Events that could not be read or applied, and were passed over.</summary>
    public required long FailedEvents { get; init; }

    /// <summary>How old the last event applied is: of use while events come.</summary>
    public required double BehindSeconds { get; init; }

    /// <summary>What is published that is served: Unix milliseconds of it; absent before the first.</summary>
    public long? Publication { get; init; }

    /// <summary>The dense weights that rank; absent before the first.</summary>
    public long? Model { get; init; }

    /// <summary>Models that must not serve.</summary>
    public required long RefusedModels { get; init; }

    /// <summary>Looks for what is published that failed.</summary>
    public required long FailedLooks { get; init; }
}
