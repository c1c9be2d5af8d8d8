using System.Net;
using TikTok.Local.Up.Display;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up;

/// <summary>The whole service: emulators first, then what runs on them; stopped in the opposite order.</summary>
internal sealed class LocalService(UpOptions options, DataDirectory data, ServiceTopology topology, IUpDisplay display, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(100);

    private readonly ProcessGuardian _guardian = new();
    private readonly List<SupervisedService> _emulators = [];
    private readonly List<SupervisedService> _applications = [];

    public IReadOnlyList<SupervisedService> Services => [.. _emulators, .. _applications];

    /// <summary>Answers when the API says that it is healthy.</summary>
    /// <exception cref="ServiceStartException">A part does not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _emulators.AddRange(topology.Emulators.Select(Supervise));
        _applications.AddRange(topology.Applications.Select(Supervise));
        await StartAllAsync(_emulators, cancellationToken);
        await CreateResourcesAsync(cancellationToken);
        await StartAllAsync(_applications, cancellationToken);
        await WaitForHealthAsync(cancellationToken);
    }

    /// <summary>What runs on the emulators drains first, since it still writes to them.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_applications.Select(service => service.StopAsync()));
        await Task.WhenAll(_emulators.Select(service => service.StopAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _applications) await service.DisposeAsync();
        foreach (var service in _emulators) await service.DisposeAsync();
        _guardian.Dispose();
    }

    private SupervisedService Supervise(ServiceDefinition definition) =>
        new(definition, _guardian, new RotatingLog(Path.Combine(data.Logs, definition.Name + ".log")), time, display.Event);

    private static async Task StartAllAsync(IEnumerable<SupervisedService> services, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var starts = services.Select(service => service.StartAsync(failed.Token)).ToList();
        await foreach (var start in Task.WhenEach(starts))
        {
            // The first that cannot start ends the wait for the others, which would only hide it.
            if (start.IsFaulted) await failed.CancelAsync();
        }
        if (starts.Find(start => start.IsFaulted) is { } culprit) await culprit;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task CreateResourcesAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(SetupTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        await ResourceCreation.RunAsync(topology.Configuration, either.Token);
    }

    private async Task WaitForHealthAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = options.Api, Timeout = TimeSpan.FromSeconds(5) };
        var started = time.GetTimestamp();
        var last = "";
        while (time.GetElapsedTime(started) < SetupTimeout)
        {
            try
            {
                using var response = await http.GetAsync(new Uri("health", UriKind.Relative), cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK) return;
                last = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}";
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = e.Message;
            }
            await Task.Delay(HealthInterval, time, cancellationToken);
        }
        throw new ServiceStartException($"{options.Api}health is not well after {SetupTimeout.TotalSeconds:0} s: {last}");
    }
}
