using TikTok.Local.Telemetry;
using TikTok.Local.Telemetry.Dashboard;
using TikTok.Local.Telemetry.Otlp;
using TikTok.Local.Up.Display;
using TikTok.Local.Up.Supervision;

namespace TikTok.UnitTests.Telemetry;

public sealed class DiagnosisTests
{
    private const double Now = 1_000_000_000;

    [Fact]
    public void Nothing_is_wrong_with_a_service_that_is_well() =>
        Assert.Empty(Diagnosis.Of(Now, [Part(ServiceState.Running)], [new DependencyState("cosmos", true, 1)], [new QueueState("probe", 3, 0)], [], []));

    [Fact]
    public void What_is_wrong_is_said_the_worst_first()
    {
        var findings = Diagnosis.Of(
            Now,
            [Part(ServiceState.Running, restarts: 2), Part(ServiceState.Restarting, error: "was ended by signal 9")],
            [new DependencyState("cosmos", false, 2_000)],
            [new QueueState("probe", 500, 0), new QueueState("video-steps", 0, 1)],
            [Failure(Now - 1_000), Failure(Now - 2_000), Failure(Now - 600_000)],
            [new MetricView("recommendation_service_latency_seconds", "s", MetricKind.Histogram, [Series("outcome=answered", 1), Series("outcome=late", 1)])]);

        Assert.Equal(
            [
                "cosmos is restarting: was ended by signal 9",
                "The API finds cosmos unhealthy",
                "1 message of video-steps given up on",
                "2 failures in 5 minutes, mostly rank in functions: TimeoutException",
                "cosmos was restarted twice",
                "500 messages in probe",
                "The ranker missed 1 of 2 requests: feeds fall back",
            ],
            findings.Select(f => f.Text));
        Assert.Equal(4, findings.Count(f => f.Severity == Severity.Error));
    }

    private static ServiceRow Part(ServiceState state, int restarts = 0, string? error = null) =>
        new(new ServiceSnapshot("cosmos", state, null, 1, restarts, error), null);

    private static FailedSpan Failure(double at) => new(at, "t", "functions", "rank", "System.TimeoutException", "late");

    private static SeriesView Series(string attributes, ulong count) => new(attributes, 1, count, null, null, null, [], []);
}
