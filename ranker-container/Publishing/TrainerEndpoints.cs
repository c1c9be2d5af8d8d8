using Microsoft.AspNetCore.Http.HttpResults;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Training.Towers;

namespace TikTok.Ranker.Publishing;

/// <summary>The trainer serves nobody; these tell how it is doing.</summary>
public static class TrainerEndpoints
{
    public static void MapTrainer(this WebApplication app)
    {
        app.MapGet("/health", () => TypedResults.Ok());
        app.MapReadiness();
        app.MapGet("/training", Report);
    }

    private static Ok<TrainingReport> Report(OnlineTrainer trainer, LogFollower log, ModelPublisher publisher, TrainerService service, FirstTowers towers) => TypedResults.Ok(new TrainingReport
    {
        Events = log.Applied,
        RepeatedEvents = log.Repeated,
        FailedEvents = log.Failed,
        BehindSeconds = log.Behind.TotalSeconds,
        IsCaughtUp = log.IsCaughtUp,
        Examples = trainer.Examples,
        WaitingExamples = trainer.Waiting,
        OpenImpressions = trainer.OpenImpressions,
        DroppedBatches = trainer.DroppedBatches,
        FirstTowerPairs = towers.Pairs,
        Publications = publisher.Published,
        RefusedPublications = publisher.Refused,
        Refusals = publisher.Refusals,
        LastRefusal = publisher.LastRefusal,
        RollBacks = publisher.RolledBack,
        PublishedAt = publisher.LastAt,
        FailedTurns = service.Failed,
        Validation = [.. trainer.Validation.Series.Select(ValidationWindow.Of)],
    });
}

/// <summary>What <c>GET /training</c> answers.</summary>
public sealed record TrainingReport
{
    /// <summary>Events of the log applied since the start.</summary>
    public required long Events { get; init; }

    /// <summary>Events that came again, and were not applied again.</summary>
    public required long RepeatedEvents { get; init; }

    /// <summary>Events that could not be read or applied, and were passed over.</summary>
    public required long FailedEvents { get; init; }

    /// <summary>How old the last event applied is: of use while events come.</summary>
    public required double BehindSeconds { get; init; }

    /// <summary>Whether all was applied that the log had at the start: before, nothing is published.</summary>
    public required bool IsCaughtUp { get; init; }

    /// <summary>Examples learned from, before the last restart too: two of each impression, one when it comes and one when its window closes, and one of each late action.</summary>
    public required long Examples { get; init; }

    /// <summary>Examples that wait for their batch to be full.</summary>
    public required int WaitingExamples { get; init; }

    /// <summary>Impressions whose window is open: each becomes one more example.</summary>
    public required int OpenImpressions { get; init; }

    /// <summary>Batches that were not learned from because something of them was not finite.</summary>
    public required long DroppedBatches { get; init; }

    /// <summary>Videos liked that the towers were first trained on; 0 when the trainer began with a snapshot, or with too short a log.</summary>
    public required int FirstTowerPairs { get; init; }

    public required long Publications { get; init; }

    /// <summary>Tables, with what goes with them, that a guard found fault with and that stayed in.</summary>
    public required long RefusedPublications { get; init; }

    /// <summary>The same by table and reason: the head that is worse, <c>mean</c> of all heads, <c>retrieval</c>, <c>not-finite</c>.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>Why the last one stayed in, with figures; absent when none did.</summary>
    public string? LastRefusal { get; init; }

    /// <summary>Times that the trainer went back to what is published.</summary>
    public required long RollBacks { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Turns of the trainer's clockwork that did not end as they should.</summary>
    public required long FailedTurns { get; init; }

    /// <summary>Quality of the predictions before each example was learned from, window after window per head, oldest first.</summary>
    public required IReadOnlyList<ValidationWindow> Validation { get; init; }
}

/// <summary>A <see cref="HeadQuality"/> to read.</summary>
/// <param name="Calibration">Absent when no label was above 0.</param>
public sealed record ValidationWindow(string Head, DateTimeOffset At, int Examples, double Rate, double Auc, double LogLoss, double? Calibration)
{
    internal static ValidationWindow Of(HeadQuality quality) => new(
        quality.Head.ToString(), DateTimeOffset.FromUnixTimeSeconds(quality.At), quality.Examples, quality.Rate, quality.Auc, quality.LogLoss,
        double.IsFinite(quality.Calibration) ? quality.Calibration : null);
}
