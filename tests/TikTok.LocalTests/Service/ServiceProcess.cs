using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Local.Cosmos;
using TikTok.Local.Storage;
using TikTok.LocalTests.Privacy;

namespace TikTok.LocalTests.Service;

/// <summary>The whole service as <c>local/up</c> starts it, without demo content, with its own temporary state.</summary>
public sealed class ServiceProcess : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tiktok-service-");
    private readonly int _port = FreePort();
    private LocalProcess? _process;

    /// <summary>The API's root, with a slash at its end.</summary>
    public Uri Api => new($"http://127.0.0.1:{_port}/api/v1/");

    /// <summary>The ready-made walk.</summary>
    public string Walk => Path.Combine(_data.FullName, "walk.sh");

    /// <summary>Everything that its programs have printed.</summary>
    public async Task<string> LogsAsync() =>
        string.Concat(await Task.WhenAll(Directory.GetFiles(Path.Combine(_data.FullName, "logs")).Select(file => File.ReadAllTextAsync(file)))) + _process!.Output;

    /// <summary>Where the page of what is going on is.</summary>
    public async Task<Uri> DashboardAsync() => Address((await PortsAsync())["dashboard"]);

    public async Task InitializeAsync()
    {
        // Sooner than in Azure, where a function that still writes may run for longer.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Privacy__VerifyAfterSeconds"] = "10" };
        _process = await LocalProcess.StartAsync(
            "TikTok.Local", "up: ready in", settings, "up", "--no-demo", "--root", Root(), "--data", _data.FullName, "--port", _port.ToString(CultureInfo.InvariantCulture));
    }

    public async Task DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _data.Delete(recursive: true);
    }

    /// <summary>Every blob of a video, anywhere.</summary>
    public async Task<IReadOnlyList<string>> BlobsOfAsync(string videoId)
    {
        var blobs = new BlobServiceClient(await ConnectionStringAsync());
        var found = new List<string>();
        foreach (var container in BlobContainers.All)
        {
            await foreach (var blob in blobs.GetBlobContainerClient(container).GetBlobsAsync(prefix: videoId)) found.Add($"{container}/{blob.Name}");
        }
        return found;
    }

    /// <summary>Where any of <paramref name="words"/> occurs in any store.</summary>
    public async Task<IReadOnlyList<string>> ScanAsync(params IReadOnlyList<string> words)
    {
        var storage = await ConnectionStringAsync();
        using var cosmos = new CosmosClient(
            $"AccountEndpoint=https://127.0.0.1:{(await PortsAsync())["cosmos"]}/;AccountKey={CosmosEmulator.EmulatorKey};DisableServerCertificateValidation=True",
            new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true, UseSystemTextJsonSerializerWithOptions = CoreJson.Options });
        return await new StoreScan(cosmos, new BlobServiceClient(storage), new QueueServiceClient(storage)).FindAsync(words);
    }

    /// <summary>Whether no message waits or is being worked on, in any queue.</summary>
    public async Task<bool> IsIdleAsync()
    {
        var queues = new QueueServiceClient(await ConnectionStringAsync());
        foreach (var queue in Queues.All)
        {
            QueueProperties properties = await queues.GetQueueClient(queue).GetPropertiesAsync();
            if (properties.ApproximateMessagesCount > 0) return false;
        }
        return true;
    }

    /// <summary>Ends one of its programs as <c>kill -9</c> does; the supervisor is left to notice.</summary>
    public async Task KillAsync(string program)
    {
        foreach (var process in Process.GetProcessesByName("TikTok.Local"))
        {
            using (process)
            {
                var command = (await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline")).Split('\0');
                var isOurs = command.Any(a => a.StartsWith(_data.FullName, StringComparison.Ordinal) || a == _port.ToString(CultureInfo.InvariantCulture));
                if (isOurs && command[1] == program) process.Kill();
            }
        }
    }

    private async Task<string> ConnectionStringAsync()
    {
        var ports = await PortsAsync();
        return StorageAccount.ConnectionString(Address(ports["storage-blob"]), Address(ports["storage-queue"]));
    }

    private async Task<Dictionary<string, int>> PortsAsync() =>
        JsonSerializer.Deserialize<Dictionary<string, int>>(await File.ReadAllTextAsync(Path.Combine(_data.FullName, "ports.json")))!;

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TikTok.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run within the repository.");
        return folder.FullName;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The classes that use the one <see cref="ServiceProcess"/>, one after the other.</summary>
[CollectionDefinition(nameof(ServiceProcess))]
public sealed class ServiceProcessDefinition : ICollectionFixture<ServiceProcess>;
