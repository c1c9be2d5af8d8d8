using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics;

/// <summary>Watch events in: answered as soon as they are in the log, counted and learnt from afterwards.</summary>
public sealed class WatchFunctions(InteractionLog log, TimeProvider time)
{
    private const int MaxEvents = 100;
    private const long DayMs = 24 * 60 * 60 * 1000;

    [Function("RecordWatch"), Limited(RouteClass.WatchEvents), Asks<WatchRequest>, AnswersNothing]
    public async Task<IResult> RecordAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "analytics/watch")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var body = await request.ReadJsonAsync<WatchRequest>(cancellationToken);
        var interactions = Read(body).Select(e => ToInteraction(e, caller.UserId)).ToList();
        await log.AppendAsync(interactions, cancellationToken);
        foreach (var interaction in interactions) Measure(interaction.Watch!);
        return Answers.NoContent();
    }

    private static void Measure(WatchFacts watch)
    {
        if (!Metrics.Watches.Enabled) return;
        var share = Math.Min(1, (double)watch.WatchDurationMs / watch.TotalDurationMs);
        var source = watch.Source.ToString().ToLowerInvariant();
        Metrics.Watches.Add(1, new("source", source), new("completed", watch.IsFinished));
        Metrics.Completion.Record(share, new KeyValuePair<string, object?>("source", source));
    }

    /// <summary>One event, or a batch of them, never both.</summary>
    private static IReadOnlyList<WatchEvent> Read(WatchRequest body)
    {
        var validation = new Validation();
        IReadOnlyList<WatchEvent> events = [];
        if (body.Events is null)
        {
            events = [new WatchEvent(body.VideoId, body.WatchDurationMs, body.TotalDurationMs, body.Source, body.SessionId, body.Replayed)];
            Check(validation, events[0], "");
        }
        else if (body.VideoId is not null)
        {
            validation.Check(false, "events", "cannot be sent along with the members of a single event");
        }
        else
        {
            validation.Count("events", body.Events, 1, MaxEvents);
            events = [.. body.Events.Take(MaxEvents)];
            for (var i = 0; i < events.Count; i++) Check(validation, events[i], $"events[{i}].");
        }
        validation.ThrowIfInvalid();
        return events;
    }

    private static void Check(Validation validation, WatchEvent watch, string prefix) => validation
        .Id($"{prefix}videoId", watch.VideoId)
        .Range($"{prefix}watchDurationMs", watch.WatchDurationMs, 0, DayMs)
        .Range($"{prefix}totalDurationMs", watch.TotalDurationMs, 1, DayMs)
        .Check(watch.Source is not null, $"{prefix}source", "is required")
        .OptionalText($"{prefix}sessionId", watch.SessionId, 1, 64);

    private Interaction ToInteraction(WatchEvent watch, string userId) => new()
    {
        Id = Id.New(time),
        Type = InteractionType.Watch,
        VideoId = watch.VideoId!,
        UserId = userId,
        At = time.GetUtcNow(),
        Watch = new WatchFacts(watch.WatchDurationMs!.Value, watch.TotalDurationMs!.Value, watch.Source!.Value, watch.SessionId, watch.Replayed ?? false),
    };
}

/// <summary>One event's members, or <see cref="Events"/> alone.</summary>
/// <param name="WatchDurationMs">How long it was on screen and playing; more than the whole when it looped.</param>
/// <param name="TotalDurationMs">The video's length.</param>
/// <param name="Source">Where the caller met it.</param>
/// <param name="SessionId">The client's own name for this use of the app: 1 to 64 characters.</param>
/// <param name="Replayed">Whether it was seen before in this session.</param>
/// <param name="Events">1 to 100.</param>
public sealed record WatchRequest(
    string? VideoId = null, long? WatchDurationMs = null, long? TotalDurationMs = null, WatchSource? Source = null,
    string? SessionId = null, bool? Replayed = null, IReadOnlyList<WatchEvent>? Events = null);

/// <param name="WatchDurationMs">How long it was on screen and playing; more than the whole when it looped.</param>
/// <param name="TotalDurationMs">The video's length.</param>
/// <param name="Source">Where the caller met it.</param>
/// <param name="SessionId">The client's own name for this use of the app: 1 to 64 characters.</param>
/// <param name="Replayed">Whether it was seen before in this session.</param>
public sealed record WatchEvent(
    string? VideoId, long? WatchDurationMs, long? TotalDurationMs, WatchSource? Source, string? SessionId = null, bool? Replayed = null);
