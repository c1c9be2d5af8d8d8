using TikTok.Local.Up.Display;

namespace TikTok.Local.Telemetry.Dashboard;

/// <summary>Everything that the dashboard's page shows at one moment. Times in Unix milliseconds.</summary>
/// <param name="Problems">What wants attention, the worst first.</param>
internal sealed record DashboardState(
    double At,
    IReadOnlyList<Finding> Problems,
    IReadOnlyList<ServiceRow> Parts,
    IReadOnlyList<DependencyState> Dependencies,
    IReadOnlyList<QueueState> Queues,
    IReadOnlyList<TraceSummary> Traces,
    IReadOnlyList<FailedSpan> Failures,
    IReadOnlyList<string> Events,
    IReadOnlyList<MetricView> Metrics);

/// <param name="Depth">Messages, those being worked on included.</param>
/// <param name="Poison">Messages that were given up on.</param>
internal sealed record QueueState(string Name, int Depth, int Poison);

/// <summary>What <c>GET health</c> says of one dependency.</summary>
internal sealed record DependencyState(string Name, bool Healthy, long LatencyMs);

internal enum Severity { Error, Warning }

/// <param name="Where">The element of the page that tells more: <c>parts</c>, <c>queues</c>, …</param>
internal sealed record Finding(Severity Severity, string Text, string Where);
