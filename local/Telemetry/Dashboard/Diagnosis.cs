using TikTok.Local.Up.Display;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Telemetry.Dashboard;

/// <summary>Reads off the state of the service what is wrong with it.</summary>
internal static class Diagnosis
{
    /// <summary>More messages than this wait longer than one would like.</summary>
    private const int DeepQueue = 100;

    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<Finding> Of(
        double now,
        IReadOnlyList<ServiceRow> parts,
        IReadOnlyList<DependencyState> dependencies,
        IReadOnlyList<QueueState> queues,
        IReadOnlyList<FailedSpan> failures,
        IReadOnlyList<MetricView> metrics)
    {
        IEnumerable<Finding> findings =
        [
            .. parts.Select(row => row.Service).Where(part => part.State != ServiceState.Running)
                .Select(part => new Finding(Severity.Error, $"{part.Name} is {part.State.ToString().ToLowerInvariant()}{Because(part.LastError)}", "parts")),
            .. parts.Select(row => row.Service).Where(part => part is { State: ServiceState.Running, Restarts: > 0 })
                .Select(part => new Finding(Severity.Warning, $"{part.Name} was restarted {Times(part.Restarts)}{Because(part.LastError)}", "parts")),
            .. dependencies.Where(dependency => !dependency.Healthy)
                .Select(dependency => new Finding(Severity.Error, $"The API finds {dependency.Name} unhealthy", "dependencies")),
            .. queues.Where(queue => queue.Poison > 0)
                .Select(queue => new Finding(Severity.Error, $"{Count(queue.Poison, "message")} of {queue.Name} given up on", "queues")),
            .. queues.Where(queue => queue.Depth > DeepQueue)
                .Select(queue => new Finding(Severity.Warning, $"{Count(queue.Depth, "message")} in {queue.Name}", "queues")),
            .. Failing(now, failures),
            .. Ranker(metrics),
        ];
        return [.. findings.OrderBy(finding => finding.Severity)];
    }

    private static IEnumerable<Finding> Failing(double now, IReadOnlyList<FailedSpan> failures)
    {
        var recent = failures.Where(failure => now - failure.At < Recent.TotalMilliseconds).ToList();
        if (recent.Count == 0) yield break;
        var worst = recent.GroupBy(failure => (failure.Service, failure.Name, failure.Type)).MaxBy(group => group.Count())!;
        yield return new Finding(
            Severity.Error, $"{Count(recent.Count, "failure")} in {Recent.TotalMinutes:0} minutes, mostly {worst.Key.Name} in {worst.Key.Service}{Because(Short(worst.Key.Type))}", "failures");
    }

    private static IEnumerable<Finding> Ranker(IReadOnlyList<MetricView> metrics)
    {
        var outcomes = metrics.FirstOrDefault(metric => metric.Name == Core.Telemetry.Metrics.RecommendationLatency.Name)?.Series ?? [];
        var all = outcomes.Sum(series => (long)series.Count);
        var missed = all - outcomes.Where(series => series.Attributes == "outcome=answered").Sum(series => (long)series.Count);
        if (missed * 10 > all) yield return new Finding(Severity.Warning, $"The ranker missed {missed} of {Count(all, "request")}: feeds fall back", "metrics");
    }

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $": {reason}";

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];

    private static string Count(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Times(int count) => count switch { 1 => "once", 2 => "twice", _ => $"{count} times" };
}
