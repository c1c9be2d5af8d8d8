using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Local.Up.Display;

namespace TikTok.Local.Telemetry.Dashboard;

/// <summary>Gathers the page's state when somebody asks for it, and for everyone who asks within a second; while nobody looks nothing is gathered.</summary>
internal sealed class DashboardData(TraceBoard traces, MetricBoard metrics, StatusCollector collector, HttpClient api, TimeProvider time) : IDisposable
{
    private const int LatestTraces = 100;
    private const int OtherTraces = 50;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthLifetime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gathering = new(1);
    private (DashboardState State, long At)? _last;
    private (IReadOnlyList<DependencyState> Dependencies, long At)? _health;

    public async Task<DashboardState> CurrentAsync(CancellationToken cancellationToken)
    {
        await _gathering.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < Lifetime) return last.State;
            var state = await GatherAsync(cancellationToken);
            _last = (state, time.GetTimestamp());
            return state;
        }
        finally
        {
            _gathering.Release();
        }
    }

    public void Dispose() => _gathering.Dispose();

    private async Task<DashboardState> GatherAsync(CancellationToken cancellationToken)
    {
        await collector.RefreshQueuesAsync(cancellationToken);
        var status = collector.Collect();
        var lengths = status.QueueLengths;
        List<QueueState> queues = [.. Queues.All.Select(name => new QueueState(name, lengths.GetValueOrDefault(name), lengths.GetValueOrDefault(StorageSchema.Poison(name))))];
        var dependencies = await DependenciesAsync(cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (failures, view) = (traces.Failures(), metrics.View());
        return new DashboardState(
            now, Diagnosis.Of(now, status.Services, dependencies, queues, failures, view),
            status.Services, dependencies, queues, traces.Notable(LatestTraces, OtherTraces), failures, status.Events, view);
    }

    private async Task<IReadOnlyList<DependencyState>> DependenciesAsync(CancellationToken cancellationToken)
    {
        if (_health is { } health && time.GetElapsedTime(health.At) < HealthLifetime) return health.Dependencies;
        var asked = await AskAsync(cancellationToken);
        _health = (asked, time.GetTimestamp());
        return asked;
    }

    private async Task<IReadOnlyList<DependencyState>> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await api.GetAsync(new Uri("health", UriKind.Relative), cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var report = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return
            [
                .. report.RootElement.GetProperty("dependencies").EnumerateObject().Select(d => new DependencyState(
                    d.Name, d.Value.GetProperty("status").GetString() == "healthy", d.Value.GetProperty("latencyMs").GetInt64())),
            ];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Starting, stopping or dead: which, the parts tell.
            return [new DependencyState("api", Healthy: false, 0)];
        }
    }
}
