using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using TikTok.Local.EventHubs;
using TikTok.Local.Faults;

namespace TikTok.LocalTests;

/// <summary>
/// The Event Hubs emulator as a child process with its own temporary data. As an xunit fixture it is one for a class; a test that
/// kills it makes its own with <see cref="StartAsync"/>.
/// </summary>
public sealed class EventHubsProcess : IAsyncLifetime, IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tiktok-eventhubs-");
    private readonly string[] _arguments;
    private readonly HttpClient _http = new();
    private LocalProcess? _process;

    public EventHubsProcess()
        : this([])
    {
    }

    private EventHubsProcess(string[] arguments) => _arguments = arguments;

    /// <summary>Where it listens; the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>For every client of it.</summary>
    public string ConnectionString => EventHubsConnectionString.For(Address);

    /// <summary>Starts one with more arguments than data and port.</summary>
    public static async Task<EventHubsProcess> StartAsync(params string[] arguments)
    {
        var process = new EventHubsProcess(arguments);
        await process.InitializeAsync();
        return process;
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _process = await LocalProcess.StartAsync("eventhubs listening on",
            ["eventhubs", "--data", _data.FullName, "--port", Address.Port.ToString(CultureInfo.InvariantCulture), .. _arguments]);
        Address = new Uri(_process.ReadyLine.Split(' ')[^1]);
    }

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Kills it where it still runs, and starts it again with the same data at the same address.</summary>
    public async Task RestartAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await InitializeAsync();
    }

    /// <summary>Asks for a fault.</summary>
    public async Task FailAsync(FaultRule rule)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(Address, "_faults"), rule, Json);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends all faults.</summary>
    public async Task HealAsync()
    {
        using var response = await _http.DeleteAsync(new Uri(Address, "_faults"));
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
