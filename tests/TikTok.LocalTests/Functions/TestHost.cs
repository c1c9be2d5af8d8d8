using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.Local.Functions.Hosting;

namespace TikTok.LocalTests.Functions;

/// <summary>The local Functions host inside the test's process, with the test's own functions.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private const string HostJson = """
        {
          "version": "2.0",
          "logging": { "logLevel": { "default": "Warning" } },
          "functionTimeout": "00:00:20",
          "extensions": {
            "http": { "routePrefix": "api/v1", "maxOutstandingRequests": 4, "maxConcurrentRequests": 2 },
            "queues": { "maxPollingInterval": "00:00:00.3", "visibilityTimeout": "00:00:01", "batchSize": 4, "maxDequeueCount": 2, "messageEncoding": "none" },
            "blobs": { "maxDegreeOfParallelism": 2, "poisonBlobThreshold": 2 },
            "eventHubs": { "maxEventBatchSize": 10, "maxWaitTime": "00:00:01" }
          }
        }
        """;

    private readonly DirectoryInfo _folder;
    private readonly IHost _host;
    private bool _stopped;

    private TestHost(DirectoryInfo folder, IHost host) => (_folder, _host) = (folder, host);

    public Uri Address => new(((WebApplication)_host).Urls.First());

    public string DataFolder => _folder.FullName;

    /// <param name="name">Names the host's state in storage: the same name goes on where the last host stopped.</param>
    /// <param name="configure">What an app's Program does.</param>
    public static async Task<TestHost> StartAsync(
        string name,
        IReadOnlyList<Type> functions,
        IReadOnlyDictionary<string, string?> settings,
        Recorder recorder,
        Action<FunctionsApplicationBuilder>? configure = null,
        TimeProvider? time = null,
        IStorageSignals? signals = null)
    {
        var folder = Directory.CreateTempSubdirectory("tiktok-functions-");
        var hostJson = Path.Combine(folder.FullName, "host.json");
        await File.WriteAllTextAsync(hostJson, HostJson);
        WorkerHosting.Current = new LocalFunctionsHost(new LocalHostOptions(name, functions, hostJson, folder.FullName, 0, settings, signals, time));
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.ConfigureFunctionsWebApplication();
        builder.Services.AddSingleton(recorder);
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new TestHost(folder, host);
    }

    /// <summary>Stops as SIGTERM does: drains.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _host.StopAsync();
    }

    /// <summary>Stops without patience: what runs is cancelled and left unfinished.</summary>
    public async Task AbortAsync()
    {
        _stopped = true;
        await _host.StopAsync(new CancellationToken(canceled: true));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            await AbortAsync();
        }

        await ((IAsyncDisposable)_host).DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
