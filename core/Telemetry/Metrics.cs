using System.Diagnostics.Metrics;

namespace TikTok.Core.Telemetry;

/// <summary>Every instrument of the product: name, unit and meaning in <c>docs/telemetry.md</c>, which a test holds against this list. Durations in seconds.</summary>
/// <remarks>Attributes have few values each: never an id, a name or a text.</remarks>
public static class Metrics
{
    public const string Name = "TikTok";

    private static readonly Meter Meter = new(Name);
    private static readonly double[] Quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Slow = [0.5, 1, 2, 3, 5, 8, 13, 21, 34, 60, 90, 120, 300, 600, 1_800, 3_600];

    /// <summary>From both halves of the upload being there to a rendition that plays. <c>resolution</c>.</summary>
    public static readonly Histogram<double> VideoProcessingDuration = Seconds("video_processing_duration_seconds", Slow, "From a whole upload to a rendition that plays");

    /// <summary><c>reason</c>: the step that gave up, <c>probe_failed</c>.</summary>
    public static readonly Counter<long> VideoProcessingFailures = Meter.CreateCounter<long>(
        "video_processing_failures_total", "{video}", "Videos whose processing was given up");

    /// <summary>Messages, the hidden ones included. <c>queue</c>; poison queues too.</summary>
    public static readonly Gauge<long> VideoProcessingQueueDepth = Meter.CreateGauge<long>(
        "video_processing_queue_depth", "{message}", "Messages in a queue, those being worked on included");

    public static readonly Counter<long> VideosPublished = Meter.CreateCounter<long>("videos_published_total", "{video}", "Videos that became ready");

    /// <summary>A page with everything it needs. <c>source</c>: <c>ranker</c>, <c>cache</c>, <c>session</c>, <c>trending</c>, <c>following</c>, <c>static</c>.</summary>
    public static readonly Histogram<double> FeedGenerationDuration = Seconds("feed_generation_duration_seconds", Quick, "A page of the For You feed, without signing its URLs");

    /// <summary><c>outcome</c>: <c>hit</c> when the page was remembered, else <c>miss</c>. The rate is hits over all.</summary>
    public static readonly Counter<long> FeedCacheRequests = Meter.CreateCounter<long>("feed_cache_requests_total", "{request}", "Feed pages asked for, remembered or not");

    /// <summary><c>outcome</c>: <c>answered</c>, <c>static</c> (with what trends, for lack of time), <c>shed</c> (it has too much to do), <c>late</c>, <c>failed</c>, <c>open</c> (not asked because the circuit is open).</summary>
    public static readonly Histogram<double> RecommendationLatency = Seconds("recommendation_service_latency_seconds", Quick, "The ranker as its caller sees it");

    /// <summary><c>operation</c>, <c>container</c>, <c>status</c>.</summary>
    public static readonly Histogram<double> DatabaseDuration = Seconds("db_query_duration_seconds", Quick, "A Cosmos DB request with the client's own retries");

    /// <summary><c>operation</c>, <c>container</c>.</summary>
    public static readonly Counter<double> DatabaseCharge = Meter.CreateCounter<double>("db_request_units_total", "{RU}", "Request units charged by Cosmos DB");

    /// <summary><c>source</c>, <c>completed</c>. The completion rate is the completed over all.</summary>
    public static readonly Counter<long> Watches = Meter.CreateCounter<long>("video_watches_total", "{watch}", "Watch events accepted");

    /// <summary>Watched share of the video's length, at most 1. <c>source</c>.</summary>
    public static readonly Histogram<double> Completion = Meter.CreateHistogram(
        "video_completion_ratio", "1", "Watched share of a video", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98] });

    /// <summary><c>function</c>, <c>trigger</c>, <c>outcome</c>: <c>ok</c>, <c>refused</c> (4xx), <c>failed</c>.</summary>
    public static readonly Histogram<double> FunctionDuration = Seconds("function_duration_seconds", Quick, "An execution of a function in the worker");

    /// <summary><c>class</c>, <c>outcome</c>: <c>refused</c>, <c>alone</c> (the shared bucket did not answer), <c>uncounted</c> (too many buckets in one instance).</summary>
    public static readonly Counter<long> RateLimitExceptions = Meter.CreateCounter<long>(
        "rate_limit_exceptions_total", "{request}", "Requests that a rate limit refused, or could not count as it should");

    /// <summary><c>queue</c>, <c>outcome</c>: <c>ok</c>, <c>failed</c>.</summary>
    public static readonly Histogram<double> JobDuration = Seconds("job_duration_seconds", Slow, "An execution of a container job that had a message");

    /// <summary>The ranker's own view. <c>outcome</c>: <c>whole</c>, <c>degraded</c>, <c>static</c>, <c>refused</c> (bad input).</summary>
    public static readonly Histogram<double> RankDuration = Seconds("ranker_request_duration_seconds", Quick, "A request of the ranker, from its body to its answer");

    /// <summary><c>stage</c>: <c>parse</c>, <c>admission</c>, <c>features</c>, <c>retrieval</c>, <c>extraction</c>, <c>ranking</c>, <c>reranking</c>, <c>response</c>.</summary>
    public static readonly Histogram<double> RankStageDuration = Meter.CreateHistogram(
        "ranker_stage_duration_seconds", "s", "A stage of a request of the ranker",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.008, 0.0125, 0.025, 0.05, 0.1] });

    /// <summary><c>reason</c>: what an answer had to do without; an answer may count for several.</summary>
    public static readonly Counter<long> RankDegradations = Meter.CreateCounter<long>("ranker_degradations_total", "{answer}", "Answers that had to do without something");

    public static readonly Histogram<int> RankCandidates = Meter.CreateHistogram(
        "ranker_candidates", "{video}", "Candidates retrieved for a request", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [0, 10, 100, 500, 1_000, 2_500, 4_999] });

    /// <summary><c>outcome</c>: <c>hit</c>, <c>refreshed</c> (read in time), <c>late</c>, <c>failed</c>, <c>shed</c> (no read was begun).</summary>
    public static readonly Counter<long> PersonReads = Meter.CreateCounter<long>("ranker_person_reads_total", "{request}", "How requests came to know whom they are for");

    /// <summary><c>experiment</c>, <c>arm</c>: names from the configuration.</summary>
    public static readonly Counter<long> ExperimentExposures = Meter.CreateCounter<long>("ranker_experiment_exposures_total", "{request}", "Requests answered as an experiment had it");

    /// <summary><c>table</c>, <c>outcome</c>: <c>published</c>, <c>refused</c>, <c>rolled-back</c> (to what is published), <c>reason</c> of a refusal: a head, <c>mean</c>, <c>retrieval</c>, <c>not-finite</c>.</summary>
    public static readonly Counter<long> ModelPublications = Meter.CreateCounter<long>("ranker_model_publications_total", "{table}", "What the trainer published, and what a guard kept in");

    /// <summary><c>head</c>. Of examples before they are learned from.</summary>
    public static readonly Gauge<double> ModelAuc = Meter.CreateGauge<double>("ranker_model_auc", "1", "The probability that an example with a higher label is predicted higher");

    /// <summary><c>head</c>.</summary>
    public static readonly Gauge<double> ModelLogLoss = Meter.CreateGauge<double>("ranker_model_log_loss", "{nat}", "Mean cross-entropy of a prediction");

    /// <summary><c>head</c>.</summary>
    public static readonly Gauge<double> ModelCalibration = Meter.CreateGauge<double>("ranker_model_calibration", "1", "Mean prediction ÷ mean label");

    private static Histogram<double> Seconds(string name, double[] boundaries, string description) => Meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
