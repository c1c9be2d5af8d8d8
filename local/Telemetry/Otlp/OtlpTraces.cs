namespace TikTok.Local.Telemetry.Otlp;

/// <summary>Reads an <c>ExportTraceServiceRequest</c> (opentelemetry-proto, <c>trace/v1</c>).</summary>
internal static class OtlpTraces
{
    private const int MaxName = 256;
    private const int MaxText = 1024;
    private const int MaxStack = 4096;
    private const int MaxLinks = 32;

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static IReadOnlyList<TelemetrySpan> Read(ReadOnlySpan<byte> request)
    {
        var spans = new List<TelemetrySpan>();
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1) ReadResourceSpans(reader.Bytes(), spans);
            else reader.Skip();
        }
        return spans;
    }

    private static void ReadResourceSpans(ReadOnlySpan<byte> message, List<TelemetrySpan> spans)
    {
        // The resource may come after what it is the resource of.
        var service = "unknown";
        var resource = new ProtobufReader(message);
        while (resource.Next())
        {
            if (resource.Field == 1) service = OtlpAttributes.ServiceOf(resource.Bytes());
            else resource.Skip();
        }

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2) ReadScopeSpans(reader.Bytes(), service, spans);
            else reader.Skip();
        }
    }

    private static void ReadScopeSpans(ReadOnlySpan<byte> message, string service, List<TelemetrySpan> spans)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2) spans.Add(ReadSpan(reader.Bytes(), service));
            else reader.Skip();
        }
    }

    private static TelemetrySpan ReadSpan(ReadOnlySpan<byte> message, string service)
    {
        var reader = new ProtobufReader(message);
        string? traceId = null, spanId = null, parentId = null, status = null;
        var (name, kind, start, end, failed) = ("", SpanKind.Unspecified, 0UL, 0UL, false);
        var attributes = new List<KeyValuePair<string, string>>();
        var links = new List<string>();
        SpanException? exception = null;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: traceId = Id(reader.Bytes(), 16); break;
                case 2: spanId = Id(reader.Bytes(), 8); break;
                case 4: parentId = reader.Bytes() is { IsEmpty: false } parent ? Id(parent, 8) : null; break;
                case 5: name = reader.Text(MaxName); break;
                case 6: kind = reader.Varint() is <= 5 and var number ? (SpanKind)number : SpanKind.Unspecified; break;
                case 7: start = reader.Fixed64(); break;
                case 8: end = reader.Fixed64(); break;
                case 9: OtlpAttributes.Add(reader.Bytes(), attributes); break;
                case 11: exception = ReadException(reader.Bytes()) ?? exception; break;
                case 13: AddLink(reader.Bytes(), links); break;
                case 15: (failed, status) = ReadStatus(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }
        if (traceId is null || spanId is null) throw new InvalidDataException("A span has no id.");
        return new TelemetrySpan(traceId, spanId, parentId, name, service, kind, start, end, failed, status, attributes, exception, links);
    }

    private static SpanException? ReadException(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        var name = "";
        var attributes = new List<KeyValuePair<string, string>>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: name = reader.Text(MaxName); break;
                case 3: OtlpAttributes.Add(reader.Bytes(), attributes, MaxStack); break;
                default: reader.Skip(); break;
            }
        }
        return name == "exception" ? new SpanException(Of("exception.type"), Of("exception.message"), Of("exception.stacktrace")) : null;

        string Of(string key) => attributes.Find(a => a.Key == key).Value ?? "";
    }

    private static void AddLink(ReadOnlySpan<byte> message, List<string> links)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1 && links.Count < MaxLinks) links.Add(Id(reader.Bytes(), 16));
            else reader.Skip();
        }
    }

    private static (bool Failed, string? Message) ReadStatus(ReadOnlySpan<byte> message)
    {
        const ulong Error = 2;
        var reader = new ProtobufReader(message);
        var (failed, text) = (false, (string?)null);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: text = reader.Text(MaxText); break;
                case 3: failed = reader.Varint() == Error; break;
                default: reader.Skip(); break;
            }
        }
        return (failed, text);
    }

    private static string Id(ReadOnlySpan<byte> bytes, int length) => bytes.Length == length && bytes.ContainsAnyExcept((byte)0)
        ? Convert.ToHexStringLower(bytes)
        : throw new InvalidDataException($"An id is not {length} bytes, or nothing but zeros.");
}
