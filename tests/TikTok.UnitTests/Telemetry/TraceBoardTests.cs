using TikTok.Local.Telemetry;
using TikTok.Local.Telemetry.Otlp;

namespace TikTok.UnitTests.Telemetry;

public sealed class TraceBoardTests
{
    private readonly TraceBoard _board = new(maxSpans: 100);

    [Fact]
    public void A_trace_is_named_by_its_first_span_and_spans_everything_whatever_order_it_comes_in()
    {
        _board.Add([Span("t", "b", "a", 20, 90, service: "transcoder"), Span("t", "c", "b", 30, 40)]);
        _board.Add([Span("t", "a", "unknown-host", 10, 50, name: "POST videos")]);

        var trace = Assert.Single(_board.Notable(10, 10));
        Assert.Equal(("POST videos", 10.0, 80.0, 3), (trace.Name, trace.Start, trace.Milliseconds, trace.Spans));
        Assert.Equal(["functions", "transcoder"], trace.Services);
        Assert.Equal(["a", "b", "c"], _board.Find("t").Select(s => s.SpanId));
    }

    [Fact]
    public void The_oldest_trace_makes_room_and_memory_stays_bounded()
    {
        for (var i = 0; i < 500; i++) _board.Add([Span($"t{i}", "a", null, i, i + 1), Span($"t{i}", "b", "a", i, i + 1)]);

        Assert.Empty(_board.Find("t0"));
        Assert.Equal(2, _board.Find("t499").Count);
        Assert.Equal(50, _board.Notable(1_000, 1_000).Count);
    }

    [Fact]
    public void One_endless_trace_is_cut_off()
    {
        var board = new TraceBoard(maxSpans: 5_000);

        for (var i = 0; i < 3_000; i++) board.Add([Span("t", $"s{i}", null, i, i + 1)]);

        Assert.Equal(1_000, board.Find("t").Count);
    }

    [Fact]
    public void Beside_the_latest_those_are_shown_that_failed_or_took_longest()
    {
        _board.Add([Span("slow", "a", null, 0, 500), Span("failed", "a", null, 1, 2, failed: true), Span("dull", "a", null, 2, 3)]);
        for (var i = 0; i < 10; i++) _board.Add([Span($"t{i}", "a", null, 1_000 + i, 1_001 + i)]);

        Assert.Equal(["t9", "t8", "slow", "failed"], _board.Notable(2, 2).Select(t => t.Id));
    }

    [Fact]
    public void A_failure_is_told_once_by_the_span_that_had_it_and_outlives_its_trace()
    {
        var exception = new SpanException("System.TimeoutException", "late", "");
        _board.Add([Span("t", "b", "a", 1, 2, failed: true, exception: exception, name: "rank"), Span("t", "a", null, 0, 3, failed: true, exception: exception)]);

        for (var i = 0; i < 200; i++) _board.Add([Span($"t{i}", "a", null, i, i + 1)]);

        Assert.Empty(_board.Find("t"));
        Assert.Equal("rank", Assert.Single(_board.Failures()).Name);
    }

    [Fact]
    public void Healthy_looks_at_the_health_are_not_shown()
    {
        _board.Add([Span("look", "a", null, 0, 1, name: "GET health"), Span("broken", "a", null, 0, 1, name: "GET health", failed: true)]);

        Assert.Equal(["broken"], _board.Notable(10, 10).Select(t => t.Id));
    }

    private static TelemetrySpan Span(
        string trace, string id, string? parent, int startMs, int endMs, string name = "work", string service = "functions", bool failed = false, SpanException? exception = null) =>
        new(trace, id, parent, name, service, SpanKind.Internal, (ulong)startMs * 1_000_000, (ulong)endMs * 1_000_000, failed, null, [], exception, []);
}
