using System.Globalization;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up;

/// <summary>Which programs make the local service, with which ports and settings. The settings carry the names they have in Azure.</summary>
public sealed class ServiceTopology
{
    // The account name and key that the Azurite emulator documents; public knowledge, and of use on loopback only.
    private const string StorageAccount = "devstoreaccount1";
    private const string StorageKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // The same of the Cosmos DB emulator.
    private const string CosmosKey = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    /// <summary>What drains is killed after this. The emulators' own grace comes after it, and all of it is over within ten seconds of Ctrl-C.</summary>
    private static readonly TimeSpan ApplicationGrace = TimeSpan.FromSeconds(6);

    /// <summary>What a program that has drained takes to be gone.</summary>
    private static readonly TimeSpan ExitTime = TimeSpan.FromSeconds(1);

    private readonly UpOptions _options;
    private readonly DataDirectory _data;
    private readonly int _blobPort;
    private readonly int _queuePort;
    private readonly int _cosmosPort;
    private readonly int _eventHubsPort;
    private readonly int _rankerPort;
    private readonly int _trainerPort;
    private readonly int _dashboardPort;

    public ServiceTopology(UpOptions options, DataDirectory data, PortBook ports, Secrets secrets)
    {
        _options = options;
        _data = data;
        _blobPort = ports["storage-blob"];
        _queuePort = ports["storage-queue"];
        _cosmosPort = ports["cosmos"];
        _eventHubsPort = ports["eventhubs"];
        _rankerPort = ports["ranker"];
        _trainerPort = ports["trainer"];
        _dashboardPort = ports["dashboard"];
        Settings = BuildSettings(secrets);
    }

    public string Storage => $"DefaultEndpointsProtocol=http;AccountName={StorageAccount};AccountKey={StorageKey};BlobEndpoint={BlobEndpoint};QueueEndpoint=http://127.0.0.1:{_queuePort}/{StorageAccount};";

    public string Cosmos => $"AccountEndpoint=https://127.0.0.1:{_cosmosPort}/;AccountKey={CosmosKey};DisableServerCertificateValidation=True;";

    public string EventHubs => $"Endpoint=sb://127.0.0.1:{_eventHubsPort};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;";

    public string BlobEndpoint => $"http://127.0.0.1:{_blobPort}/{StorageAccount}";

    /// <summary>The page of what is going on, which is also where the programs send their telemetry.</summary>
    public Uri Dashboard => new($"http://127.0.0.1:{_dashboardPort}/");

    /// <summary>The app settings of functions and container jobs.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The same, as a program that has them reads them.</summary>
    public IConfiguration Configuration => new ConfigurationBuilder()
        .AddInMemoryCollection(Settings.Select(pair => KeyValuePair.Create<string, string?>(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value)))
        .Build();

    /// <summary>The emulators: state, needed by everything else.</summary>
    public IReadOnlyList<ServiceDefinition> Emulators =>
    [
        Local("storage", $"http://127.0.0.1:{_blobPort}",
            "--data", _data.Of("storage"), "--blob-port", Port(_blobPort), "--queue-port", Port(_queuePort)),
        Local("cosmos", $"https://127.0.0.1:{_cosmosPort}", "--data", _data.Of("cosmos"), "--port", Port(_cosmosPort)),
        Local("eventhubs", $"http://127.0.0.1:{_eventHubsPort}",
            "--data", _data.Of("eventhubs"), "--port", Port(_eventHubsPort), "--hub", Hubs.Interactions),
    ];

    /// <summary>The product: what runs on the emulators.</summary>
    public IReadOnlyList<ServiceDefinition> Applications =>
    [
        Program("ranker", CompiledAhead("ranker-container", "TikTok.Ranker"), $"http://127.0.0.1:{_rankerPort}", "--urls", $"http://127.0.0.1:{_rankerPort}"),
        Program("trainer", CompiledAhead("ranker-container", "TikTok.Ranker"), $"http://127.0.0.1:{_trainerPort}", "train", "--urls", $"http://127.0.0.1:{_trainerPort}"),
        Local("functions", _options.Api.ToString().TrimEnd('/'),
            "--data", _data.Path, "--port", Port(_options.Port), "--stop-within", $"{(ApplicationGrace - ExitTime).TotalSeconds:0}") with { StopGrace = ApplicationGrace },
        Local("jobs", null, "--program", CompiledAhead("transcoder-container", "TikTok.Transcoder")) with { StopGrace = ApplicationGrace },
    ];

    private Dictionary<string, string> BuildSettings(Secrets secrets) => new(StringComparer.Ordinal)
    {
        ["AzureWebJobsStorage"] = Storage,
        [Connections.Storage] = Storage,
        [Connections.Cosmos] = Cosmos,
        [Connections.EventHubs] = EventHubs,
        ["ApiBaseUrl"] = _options.Api.ToString().TrimEnd('/'),
        ["MediaBaseUrl"] = $"{BlobEndpoint}/{BlobContainers.Media}",
        ["Ranker__Url"] = $"http://127.0.0.1:{_rankerPort}",
        ["Ranker__Directory"] = _data.Of("ranker"),

        // Whoever tries the service out wants to see it learn: from the demo's few swipes, and within the minute.
        ["Trainer__MinExamples"] = "100",
        ["Trainer__SparseInterval"] = "00:00:10",
        ["Trainer__DenseInterval"] = "00:00:10",
        ["Trainer__SnapshotInterval"] = "00:01:00",
        ["Follower__Interval"] = "00:00:05",
        ["Limits__MinDurationMs"] = "1000",

        // Everyone here is one address, and whoever tries the service out uploads and calls more in a day than a person would.
        ["RateLimits__Requests"] = "100000",
        ["RateLimits__AnonymousRequests"] = "100000",
        ["RateLimits__Registrations"] = "100000",
        ["RateLimits__SignIns"] = "100000",
        ["RateLimits__Uploads"] = "1000",
        ["RateLimits__WatchEvents"] = "100000",
        ["Jwt__SigningKey"] = secrets.JwtSigningKey,
        ["Platform__Secret"] = secrets.PlatformSecret,
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Dashboard.ToString(),

        // Soon enough for who watches, and rarely enough to be nothing at rest.
        ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "10000",
    };

    private ServiceDefinition Local(string name, string? address, params IEnumerable<string> arguments) =>
        Program(name, Path.Combine(AppContext.BaseDirectory, "TikTok.Local"), address, [name, .. arguments]);

    private ServiceDefinition Program(string name, string fileName, string? address, params IEnumerable<string> arguments) => new()
    {
        Name = name,
        FileName = fileName,
        Arguments = [.. arguments],
        Environment = new Dictionary<string, string>(Settings.Concat(RuntimeSettings), StringComparer.Ordinal),
        WorkingDirectory = Path.GetDirectoryName(fileName),
        ReadyMark = $"{name} listening on ",
        Address = address,
    };

    /// <summary>A released program beside this one: the containers are separate programs, run as they would be in their images.</summary>
    private string Built(string room, string program)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var framework = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(_options.Root, room, "bin", configuration, framework, program);
    }

    /// <summary>
    /// The same program compiled ahead of time, as its image has it, where the build made one that is not older: a job is a process per message, and
    /// half of a short one's time would go into compiling itself; as would a third of a ranker's start.
    /// </summary>
    private string CompiledAhead(string room, string program)
    {
        var built = Built(room, program);
        var ahead = Path.Combine(_options.Root, room, "bin", "ahead", program);
        return File.Exists(ahead) && File.GetLastWriteTimeUtc($"{ahead}.dll") >= File.GetLastWriteTimeUtc($"{built}.dll") ? ahead : built;
    }

    private static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);

    // Many small processes share the machine: memory goes before throughput, and nothing may run for its own sake.
    private static readonly Dictionary<string, string> RuntimeSettings = new(StringComparer.Ordinal)
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_GCConserveMemory"] = "5",
        ["DOTNET_TieredPGO"] = "0",

        // A thread without work would look for some over and over before it sleeps, and take a core from the process that has it.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_EnableEventPipe"] = "0",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_ENVIRONMENT"] = "Production",
    };
}
