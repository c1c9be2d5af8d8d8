using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Microsoft.Azure.Cosmos;
using TikTok.Benchmarks.Harness;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Events;
using TikTok.Core.Storage;
using TikTok.Local.Up;
using TikTok.Local.Up.Supervision;
using TikTok.Ranker.Publishing;

namespace TikTok.Benchmarks.Restart;

/// <summary>The emulators and, over them, the ranker in both roles, each a process as <c>local/up</c> starts it; but nobody restarts what is killed.</summary>
internal sealed class RankerProcesses : IAsyncDisposable
{
    public const string Server = "ranker";
    public const string Trainer = "trainer";

    private const int KeptLines = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly BenchmarkContext _context;
    private readonly ProcessGuardian _guardian = new();
    private readonly List<ChildProcess> _emulators = [];
    private readonly Dictionary<string, ChildProcess> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceDefinition> _definitions;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _printed = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new()
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly string _directory;
    private readonly EventHubProducerClient _producer;

    private RankerProcesses(BenchmarkContext context, DataDirectory data, IReadOnlyDictionary<string, string> changed)
    {
        _context = context;
        var options = new UpOptions { Root = context.RepositoryRoot, Data = data.Path, Demo = false };
        var topology = new ServiceTopology(options, data, new PortBook(data.Ports), Secrets.LoadOrCreate(data.Secrets));
        Dictionary<string, string> settings = new(topology.Settings, StringComparer.Ordinal);
        foreach (var (name, value) in changed) settings[name] = value;
        settings.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");

        // What local/up sets beside the settings saves memory on a small machine. A container has none of it.
        _definitions = topology.Applications.Where(one => one.Name is Server or Trainer)
            .ToDictionary(one => one.Name, one => one with { Environment = settings }, StringComparer.Ordinal);
        Emulators = topology.Emulators;
        _directory = settings["Ranker__Directory"];
        Clients = new AzureClients(topology.Configuration);
        Cosmos = Clients.Cosmos();
        Container = Clients.Blobs().GetBlobContainerClient(BlobContainers.Models);
        Files = new BlobModelFiles(Container);
        _producer = Clients.Interactions();
        Log = new InteractionLog(_producer);
    }

    private IReadOnlyList<ServiceDefinition> Emulators { get; }

    private AzureClients Clients { get; }

    private BlobContainerClient Container { get; }

    public CosmosClient Cosmos { get; }

    public IModelFiles Files { get; }

    public InteractionLog Log { get; }

    /// <summary>The emulators run and have what the product keeps in them, all empty; the ranker does not run yet.</summary>
    /// <param name="settings">Of the ranker, instead of those of <c>local/up</c>.</param>
    public static async Task<RankerProcesses> StartAsync(BenchmarkContext context, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        using var data = DataDirectory.Open(Path.Combine(context.WorkDirectory, "service"));
        var processes = new RankerProcesses(context, data, settings);
        try
        {
            foreach (var definition in processes.Emulators) processes._emulators.Add(processes.Run(definition));
            await Task.WhenAll(processes._emulators.Select(emulator => emulator.Ready)).WaitAsync(Patience, context.Time, cancellationToken);
            await CosmosSchema.EnsureCreatedAsync(processes.Cosmos, cancellationToken);
            await StorageSchema.EnsureCreatedAsync(processes.Clients.Blobs(), processes.Clients.Queues(), cancellationToken);
            return processes;
        }
        catch
        {
            await processes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts both roles at once.</summary>
    public async Task<(Start Server, Start Trainer)> StartBothAsync(CancellationToken cancellationToken)
    {
        var server = UntilReadyAsync(Server, cancellationToken);
        var trainer = UntilReadyAsync(Trainer, cancellationToken);
        await Task.WhenAll(server, trainer);
        return (await server, await trainer);
    }

    /// <summary>SIGKILL to both, one right after the other.</summary>
    public async Task KillBothAsync()
    {
        foreach (var role in _roles.Values) Posix.KillGroup(role.Id);
        foreach (var role in _roles.Values)
        {
            await role.Exited;
            role.Dispose();
        }
        _roles.Clear();
    }

    /// <summary>What the ranker had on its disk is gone, as it is where a container is started on another machine.</summary>
    public void EmptyDisks() => Directory.Delete(_directory, recursive: true);

    public async Task<T> AskAsync<T>(string role, string path, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<T>(new Uri(Address(role), path), CoreJson.Options, cancellationToken))!;

    public async Task<TAnswer> PostAsync<TRequest, TAnswer>(string role, string path, TRequest request, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(Address(role), path), request, CoreJson.Options, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<TAnswer>(CoreJson.Options, cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await KillBothAsync();
        foreach (var emulator in _emulators)
        {
            await emulator.StopAsync(Grace, _context.Time);
            emulator.Dispose();
        }
        _guardian.Dispose();
        _http.Dispose();
        Cosmos.Dispose();
        await _producer.DisposeAsync();
    }

    private Uri Address(string role) => new(_definitions[role].Address!);

    private async Task<Start> UntilReadyAsync(string role, CancellationToken cancellationToken)
    {
        var began = _context.Time.GetTimestamp();
        var process = _roles[role] = Run(_definitions[role]);
        while (!await IsReadyAsync(role, cancellationToken))
        {
            if (process.Exited.IsCompleted || _context.Time.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"The {role} did not get ready:\n{string.Join('\n', _printed[role])}");
            await Task.Delay(Poll, _context.Time, cancellationToken);
        }
        return new Start(_context.Time.GetElapsedTime(began), ServiceProcess.Read(process.Id)[0].Usage.CpuTime);
    }

    private async Task<bool> IsReadyAsync(string role, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Address(role), "ready"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private ChildProcess Run(ServiceDefinition definition)
    {
        var printed = _printed[definition.Name] = new ConcurrentQueue<string>();
        return ChildProcess.Start(definition, _guardian, Keep, Keep);

        void Keep(string line)
        {
            printed.Enqueue(line);
            if (printed.Count > KeptLines) printed.TryDequeue(out _);
        }
    }
}

/// <param name="Time">From the start of a process until its <c>GET /ready</c> said so.</param>
/// <param name="Processor">What it had of the processors in that time.</param>
internal sealed record Start(TimeSpan Time, TimeSpan Processor);
