namespace TikTok.Local.Telemetry.Otlp;

/// <summary>A span as it was received. Times in Unix nanoseconds.</summary>
/// <param name="ParentId">null for the first of its trace.</param>
/// <param name="Links">Trace ids of the spans that it links.</param>
internal sealed record TelemetrySpan(
    string TraceId,
    string SpanId,
    string? ParentId,
    string Name,
    string Service,
    SpanKind Kind,
    ulong Start,
    ulong End,
    bool Failed,
    string? Message,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    SpanException? Exception,
    IReadOnlyList<string> Links)
{
    public double Milliseconds => End > Start ? (End - Start) / 1e6 : 0;
}

internal enum SpanKind { Unspecified, Internal, Server, Client, Producer, Consumer }

internal sealed record SpanException(string Type, string Message, string Stack);
