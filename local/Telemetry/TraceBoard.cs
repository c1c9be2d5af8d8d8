using TikTok.Local.Telemetry.Otlp;

namespace TikTok.Local.Telemetry;

/// <summary>A trace in a line.</summary>
/// <param name="Start">Unix milliseconds.</param>
/// <param name="Error">What went wrong first; null when nothing did.</param>
internal sealed record TraceSummary(string Id, string Name, double Start, double Milliseconds, int Spans, IReadOnlyList<string> Services, string? Error);

/// <summary>Something that failed.</summary>
/// <param name="At">Unix milliseconds.</param>
internal sealed record FailedSpan(double At, string TraceId, string Service, string Name, string Type, string Message);

/// <summary>The latest traces, in memory: so many spans and no more, the oldest trace making room. Failures are remembered beside them, for longer.</summary>
internal sealed class TraceBoard(int maxSpans = 6_000)
{
    private const int MaxSpansOfTrace = 1_000;
    private const int MaxFailures = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TelemetrySpan>> _traces = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Queue<FailedSpan> _failures = new();
    private int _count;

    public void Add(IReadOnlyList<TelemetrySpan> spans)
    {
        lock (_gate)
        {
            foreach (var span in spans) Add(span);
            while (_count > maxSpans && _order.TryDequeue(out var oldest))
            {
                _traces.Remove(oldest, out var removed);
                _count -= removed!.Count;
            }
        }
    }

    /// <summary>The latest traces, by the end of their last span, and of the others those that failed or took longest; newest first.</summary>
    public IReadOnlyList<TraceSummary> Notable(int latest, int others)
    {
        lock (_gate)
        {
            var all = _traces.Where(trace => !IsLook(trace.Value)).Select(trace => Summarize(trace.Key, trace.Value))
                .OrderByDescending(trace => trace.Start + trace.Milliseconds).ToList();
            return
            [
                .. all.Take(latest),
                .. all.Skip(latest).OrderByDescending(trace => trace.Error is not null).ThenByDescending(trace => trace.Milliseconds).Take(others)
                    .OrderByDescending(trace => trace.Start + trace.Milliseconds),
            ];
        }
    }

    /// <summary>The spans of a trace by their start; empty when it is unknown, or gone.</summary>
    public IReadOnlyList<TelemetrySpan> Find(string traceId)
    {
        lock (_gate) return _traces.TryGetValue(traceId, out var spans) ? [.. spans.OrderBy(span => span.Start)] : [];
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<FailedSpan> Failures()
    {
        lock (_gate) return [.. _failures.Reverse()];
    }

    private void Add(TelemetrySpan span)
    {
        if (!_traces.TryGetValue(span.TraceId, out var trace))
        {
            _traces.Add(span.TraceId, trace = []);
            _order.Enqueue(span.TraceId);
        }
        if (trace.Count < MaxSpansOfTrace)
        {
            trace.Add(span);
            _count++;
        }

        // A failure that passes through several spans is told once: by the span that has the exception, and of those by the innermost, which ends first.
        if (!span.Failed || (span.Exception is null && span.Kind != SpanKind.Internal)) return;
        var (type, message) = span.Exception is { } exception ? (exception.Type, exception.Message) : ("", span.Message ?? "");
        if (_failures.Any(failure => failure.TraceId == span.TraceId && failure.Type == type && failure.Message == message)) return;
        _failures.Enqueue(new FailedSpan(span.End / 1e6, span.TraceId, span.Service, span.Name, type, message));
        if (_failures.Count > MaxFailures) _failures.Dequeue();
    }

    /// <summary>The dashboard's own looks at the service's health, which would bury everything else.</summary>
    private static bool IsLook(List<TelemetrySpan> trace) => trace.TrueForAll(span => !span.Failed) && trace.Exists(span => span.Name == "GET health");

    private static TraceSummary Summarize(string id, List<TelemetrySpan> spans)
    {
        var known = spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var first = spans.Where(span => span.ParentId is null || !known.Contains(span.ParentId)).MinBy(span => span.Start)!;
        var (start, end) = (spans.Min(span => span.Start), spans.Max(span => span.End));
        var failed = spans.Where(span => span.Failed).MinBy(span => span.End);
        return new TraceSummary(
            id, first.Name, start / 1e6, end > start ? (end - start) / 1e6 : 0, spans.Count, [.. spans.OrderBy(span => span.Start).Select(span => span.Service).Distinct()],
            failed is null ? null : failed.Exception?.Type is { Length: > 0 } type ? $"{failed.Name}: {type}" : $"{failed.Name}: {failed.Message ?? "failed"}");
    }
}
