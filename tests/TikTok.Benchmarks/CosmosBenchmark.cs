using System.Diagnostics;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Benchmarks.Harness;
using TikTok.Local.Cosmos;

namespace TikTok.Benchmarks;

/// <summary>
/// The Cosmos DB emulator through the official client: point reads and durable writes per second with 32 callers, client and emulator
/// on the same cores. Reads are held against an HTTPS server that answers the same bytes at once, writes against a file that is
/// appended to and flushed for as many writers at a time.
/// </summary>
internal sealed class CosmosBenchmark : IBenchmark
{
    private const int Callers = 32;
    private const int Documents = 2_000;
    private const int PayloadLength = 1_000;
    private const double MinReads = 2_000;
    private const double MinWrites = 1_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    private sealed record Document(string Id, string Owner, string Payload);

    public string Name => "cosmos";

    public string Summary => "the Cosmos DB emulator: point reads and durable writes per second through the official client";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        var load = new LoadLoop(Callers, WarmUp, Window, context.Time);
        context.Log("emulator as a child process");
        LoadFigures reads, creates, upserts, queries;
        double resident;
        await using (var emulator = await EmulatorProcess.StartAsync(Path.Combine(context.WorkDirectory, "child"), cancellationToken))
        {
            using var client = Connect(emulator.Endpoint);
            var container = await FillAsync(client, cancellationToken);
            reads = await load.RunAsync((caller, i) => ReadAsync(container, caller, i, cancellationToken), cancellationToken);
            context.Log($"{reads.PerSecond:0} reads/s");
            creates = await load.RunAsync((caller, i) => CreateAsync(container, caller, i, cancellationToken), cancellationToken);
            context.Log($"{creates.PerSecond:0} creates/s");
            upserts = await load.RunAsync((caller, i) => UpsertAsync(container, caller, i, cancellationToken), cancellationToken);
            queries = await load.RunAsync((caller, i) => QueryAsync(container, caller, i, cancellationToken), cancellationToken);
            resident = emulator.ResidentMegabytes;
        }

        context.Log("peers");
        var echo = await EchoPeer.RunAsync(load, JsonSerializer.SerializeToUtf8Bytes(NewDocument("x")).Length, cancellationToken);
        var appends = AppendPeer.Run(Path.Combine(context.WorkDirectory, "append"), PayloadLength, Callers, Window, context.Time, cancellationToken);

        context.Log("emulator within this process, for what it allocates");
        LoadFigures together;
        await using (var emulator = await CosmosEmulator.StartAsync(Path.Combine(context.WorkDirectory, "inner"), 0, context.Time, cancellationToken))
        {
            using var client = Connect(emulator.Endpoint);
            var container = await FillAsync(client, cancellationToken);
            together = await load.RunAsync((caller, i) => ReadAsync(container, caller, i, cancellationToken), cancellationToken);
        }

        const string Echo = "HTTPS echo of the same bytes";
        const string Append = "file append + fsync, 32 at a time";
        return
        [
            new() { Name = "point reads", Value = reads.PerSecond, Unit = "1/s", Peer = Echo, PeerValue = echo.PerSecond, Target = Target.Min(MinReads) },
            new() { Name = "point read p50", Value = reads.P50, Unit = "ms", Peer = Echo, PeerValue = echo.P50 },
            new() { Name = "point read p99", Value = reads.P99, Unit = "ms", Peer = Echo, PeerValue = echo.P99 },
            new() { Name = "durable creates", Value = creates.PerSecond, Unit = "1/s", Peer = Append, PeerValue = appends, Target = Target.Min(MinWrites) },
            new() { Name = "create p50", Value = creates.P50, Unit = "ms" },
            new() { Name = "create p99", Value = creates.P99, Unit = "ms" },
            new() { Name = "durable upserts", Value = upserts.PerSecond, Unit = "1/s", Peer = Append, PeerValue = appends, Target = Target.Min(MinWrites) },
            new() { Name = "queries in a partition", Value = queries.PerSecond, Unit = "1/s" },
            new() { Name = "allocated per read, client", Value = reads.AllocatedPerOperation / 1024, Unit = "KiB" },
            new()
            {
                Name = "allocated per read, emulator", Value = (together.AllocatedPerOperation - reads.AllocatedPerOperation) / 1024, Unit = "KiB",
                Peer = "client", PeerValue = reads.AllocatedPerOperation / 1024,
            },
            new() { Name = "emulator resident after the run", Value = resident, Unit = "MB" },
        ];
    }

    private static CosmosClient Connect(Uri endpoint) => new(
        $"AccountEndpoint={endpoint};AccountKey={CosmosEmulator.EmulatorKey};DisableServerCertificateValidation=True",
        new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web),
        });

    private static Document NewDocument(string id) => new(id, id, new string('x', PayloadLength));

    private static async Task<Container> FillAsync(CosmosClient client, CancellationToken cancellationToken)
    {
        Database database = await client.CreateDatabaseAsync("bench", cancellationToken: cancellationToken);
        Container container = await database.CreateContainerAsync("items", "/owner", cancellationToken: cancellationToken);
        await Parallel.ForAsync(0, Documents, new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken }, async (i, stop) =>
            await container.CreateItemAsync(NewDocument($"d{i}"), new PartitionKey($"d{i}"), cancellationToken: stop));
        return container;
    }

    private static async Task ReadAsync(Container container, int caller, int i, CancellationToken cancellationToken)
    {
        var id = $"d{((caller * 7919) + i) % Documents}";
        await container.ReadItemAsync<Document>(id, new PartitionKey(id), cancellationToken: cancellationToken);
    }

    private static async Task CreateAsync(Container container, int caller, int i, CancellationToken cancellationToken)
    {
        var id = $"c{caller}-{i}";
        await container.CreateItemAsync(NewDocument(id), new PartitionKey(id), cancellationToken: cancellationToken);
    }

    private static async Task UpsertAsync(Container container, int caller, int i, CancellationToken cancellationToken)
    {
        var id = $"d{((caller * 7919) + i) % Documents}";
        await container.UpsertItemAsync(NewDocument(id), new PartitionKey(id), cancellationToken: cancellationToken);
    }

    private static async Task QueryAsync(Container container, int caller, int i, CancellationToken cancellationToken)
    {
        var id = $"d{((caller * 7919) + i) % Documents}";
        using var feed = container.GetItemQueryIterator<Document>(
            new QueryDefinition("SELECT * FROM c WHERE c.id = @id").WithParameter("@id", id),
            requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKey(id) });
        while (feed.HasMoreResults)
            await feed.ReadNextAsync(cancellationToken);
    }

    /// <summary>The emulator as <c>local/up</c> starts it.</summary>
    private sealed class EmulatorProcess : IAsyncDisposable
    {
        private readonly Process _process;

        private EmulatorProcess(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

        public Uri Endpoint { get; }

        public double ResidentMegabytes
        {
            get
            {
                _process.Refresh();
                return _process.WorkingSet64 / 1e6;
            }
        }

        public static async Task<EmulatorProcess> StartAsync(string data, CancellationToken cancellationToken)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "TikTok.Local.dll"), "cosmos", "--data", data, "--port", "0"])
                start.ArgumentList.Add(argument);
            var process = Process.Start(start) ?? throw new InvalidOperationException("The emulator did not start.");
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException("The emulator ended before it was ready.");
            return new EmulatorProcess(process, new Uri(line.Split(' ')[^1]));
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
