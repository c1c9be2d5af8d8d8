using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TikTok.Local.Functions.Hosting;

/// <summary>
/// What host.json says, with the defaults of version 2.0 of its schema. As in Azure, a setting <c>AzureFunctionsJobHost__extensions__queues__batchSize</c>
/// wins over the file.
/// </summary>
internal sealed record HostSettings
{
    public HttpSettings Http { get; init; } = new();

    public QueueSettings Queues { get; init; } = new();

    public BlobSettings Blobs { get; init; } = new();

    public EventHubSettings EventHubs { get; init; } = new();

    /// <summary>How long an execution may take before its token is cancelled. Infinite: <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Minimum log levels by category.</summary>
    public IReadOnlyDictionary<string, string> LogLevels { get; init; } = new Dictionary<string, string>();

    /// <param name="path">host.json; a missing file is an error, because Azure would refuse it too.</param>
    /// <param name="overrides">Settings whose key begins with <c>AzureFunctionsJobHost:</c> win over the file.</param>
    public static HostSettings Read(string path, IConfiguration overrides)
    {
        var file = new ConfigurationBuilder()
            .AddJsonFile(path, optional: false, reloadOnChange: false)
            .AddConfiguration(overrides.GetSection("AzureFunctionsJobHost"))
            .Build();
        if (!string.Equals(file["version"], "2.0", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: \"version\" is \"{file["version"]}\"; the schema known here is \"2.0\".");
        }

        return new HostSettings
        {
            Http = Section<HttpSettings>("http"),
            Queues = Section<QueueSettings>("queues").Checked(),
            Blobs = Section<BlobSettings>("blobs"),
            EventHubs = Section<EventHubSettings>("eventHubs"),
            FunctionTimeout = file["functionTimeout"] switch
            {
                null => TimeSpan.FromMinutes(30),
                "-1" => Timeout.InfiniteTimeSpan,
                var text => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
            },
            LogLevels = file.GetSection("logging:logLevel").GetChildren()
                .Where(level => level.Value is not null)
                .ToDictionary(level => level.Key, level => level.Value!, StringComparer.Ordinal),
        };

        T Section<T>(string name)
            where T : new() => file.GetSection($"extensions:{name}").Get<T>() ?? new T();
    }
}

/// <summary>host.json <c>extensions.http</c>.</summary>
internal sealed record HttpSettings
{
    /// <summary>Before every route; empty for none.</summary>
    public string RoutePrefix { get; init; } = "api";

    /// <summary>Requests running or waiting before 429 is answered; -1 without limit.</summary>
    public int MaxOutstandingRequests { get; init; } = 200;

    /// <summary>Requests running at once; -1 without limit.</summary>
    public int MaxConcurrentRequests { get; init; } = 100;
}

/// <summary>host.json <c>extensions.queues</c>.</summary>
internal sealed record QueueSettings
{
    /// <summary>The longest pause between polls of an empty queue.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a message whose function failed stays hidden before its next attempt.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Messages fetched at once, 1–32.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The next batch is fetched when this many messages or fewer are running. Null: half of the batch size.</summary>
    public int? NewBatchThreshold { get; init; }

    /// <summary>Attempts before a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary><c>base64</c> or <c>none</c>.</summary>
    public string MessageEncoding { get; init; } = "base64";

    public int NewBatchThresholdOrDefault => NewBatchThreshold ?? BatchSize / 2;

    public bool IsBase64 => string.Equals(MessageEncoding, "base64", StringComparison.OrdinalIgnoreCase);

    public QueueSettings Checked() => this switch
    {
        { BatchSize: < 1 or > 32 } => throw new InvalidDataException("host.json: extensions.queues.batchSize is 1 to 32."),
        { MaxDequeueCount: < 1 } => throw new InvalidDataException("host.json: extensions.queues.maxDequeueCount is at least 1."),
        { NewBatchThreshold: < 0 } => throw new InvalidDataException("host.json: extensions.queues.newBatchThreshold is not negative."),
        _ when !IsBase64 && !string.Equals(MessageEncoding, "none", StringComparison.OrdinalIgnoreCase) =>
            throw new InvalidDataException("host.json: extensions.queues.messageEncoding is \"base64\" or \"none\"."),
        _ => this,
    };
}

/// <summary>host.json <c>extensions.blobs</c>.</summary>
internal sealed record BlobSettings
{
    /// <summary>Blobs processed at once, per host.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 8 * Environment.ProcessorCount;

    /// <summary>Attempts before a blob's message goes to <c>webjobs-blobtrigger-poison</c>.</summary>
    public int PoisonBlobThreshold { get; init; } = 5;
}

/// <summary>host.json <c>extensions.eventHubs</c>.</summary>
internal sealed record EventHubSettings
{
    public int MaxEventBatchSize { get; init; } = 100;

    /// <summary>A batch waits for this many events, for at most <see cref="MaxWaitTime"/>.</summary>
    public int MinEventBatchSize { get; init; } = 1;

    public TimeSpan MaxWaitTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A checkpoint is written after this many batches.</summary>
    public int BatchCheckpointFrequency { get; init; } = 1;

    /// <summary>Where a consumer group without a checkpoint begins.</summary>
    public InitialOffset InitialOffsetOptions { get; init; } = new();

    internal sealed record InitialOffset
    {
        /// <summary><c>fromStart</c>, <c>fromEnd</c> or <c>fromEnqueuedTime</c>.</summary>
        public string Type { get; init; } = "fromStart";

        public string? EnqueuedTimeUtc { get; init; }
    }
}
