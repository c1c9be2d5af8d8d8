using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using TikTok.Local.Faults;
using TikTok.Local.Storage;

namespace TikTok.LocalTests;

/// <summary>
/// Azurite behind the gateway as a child process with its own temporary data. As an xunit fixture it is one for a class; a test
/// that kills it makes its own with <see cref="StartAsync"/>.
/// </summary>
public sealed class StorageProcess : IAsyncLifetime, IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tiktok-storage-");
    private readonly HttpClient _http = new();
    private LocalProcess? _process;

    /// <summary>The blob service; the same after a restart.</summary>
    public Uri BlobAddress { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The queue service; the same after a restart.</summary>
    public Uri QueueAddress { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>For every client of the account.</summary>
    public string ConnectionString => StorageAccount.ConnectionString(BlobAddress, QueueAddress);

    /// <summary>A client of the blob service.</summary>
    public BlobServiceClient Blobs => new(ConnectionString);

    /// <summary>A client of the queue service.</summary>
    public QueueServiceClient Queues => new(ConnectionString);

    /// <summary>Azurite's own process.</summary>
    public async Task<int?> AzuriteProcessIdAsync()
    {
        using var response = await _http.GetAsync(new Uri(BlobAddress, "_health"));
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return health.RootElement.GetProperty("azurite") is { ValueKind: JsonValueKind.Number } id ? id.GetInt32() : null;
    }

    /// <summary>Starts one for a test of its own.</summary>
    public static async Task<StorageProcess> StartAsync()
    {
        var process = new StorageProcess();
        await process.InitializeAsync();
        return process;
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _process = await LocalProcess.StartAsync("storage listening on",
            "storage", "--data", _data.FullName,
            "--blob-port", BlobAddress.Port.ToString(CultureInfo.InvariantCulture),
            "--queue-port", QueueAddress.Port.ToString(CultureInfo.InvariantCulture));
        var words = _process.ReadyLine.Split(' ');
        (BlobAddress, QueueAddress) = (new Uri(words[^3]), new Uri(words[^1]));
    }

    /// <summary>Kills the gateway as <c>kill -9</c> does; Azurite is left to notice.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Kills it where it still runs, and starts it again with the same data at the same addresses.</summary>
    public async Task RestartAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await InitializeAsync();
    }

    /// <summary>Asks for a fault.</summary>
    public async Task FailAsync(FaultRule rule)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(BlobAddress, "_faults"), rule, Json);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends all faults.</summary>
    public async Task HealAsync()
    {
        using var response = await _http.DeleteAsync(new Uri(BlobAddress, "_faults"));
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _http.Dispose();
        _data.Delete(recursive: true);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
