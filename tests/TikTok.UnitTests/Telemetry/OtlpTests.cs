using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Telemetry.Otlp;

namespace TikTok.UnitTests.Telemetry;

public sealed class OtlpTests
{
    private static readonly byte[] TraceId = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly byte[] SpanId = [1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly byte[] Traces = new ProtobufWriter().Message(1, resource => resource
        .Message(2, scope => scope.Message(1, name => name.Text(1, "TikTok")).Message(2, span => span
            .Bytes(1, TraceId).Bytes(2, SpanId).Bytes(4, [8, 7, 6, 5, 4, 3, 2, 1]).Text(5, "read videos").Varint(6, 3).Fixed64(7, 1_000_000).Fixed64(8, 3_500_000)
            .Attribute(9, "db.operation.name", "read").Message(9, a => a.Text(1, "count").Message(2, v => v.Varint(3, unchecked((ulong)-5))))
            .Message(9, a => a.Text(1, "list").Message(2, v => v.Message(5, l => l.Message(1, x => x.Varint(2, 1)).Message(1, x => x.Double(4, 0.5)))))
            .Message(11, e => e.Fixed64(1, 2).Text(2, "exception").Attribute(3, "exception.type", "System.TimeoutException").Attribute(3, "exception.message", "late"))
            .Message(13, link => link.Bytes(1, [.. TraceId.Reverse()]).Bytes(2, SpanId))
            .Message(15, status => status.Text(2, "late").Varint(3, 2))
            .Varint(99, 7)))
        .Message(1, r => r.Attribute(1, "service.name", "functions"))).ToArray();

    private static readonly byte[] Metrics = new ProtobufWriter().Message(1, resource => resource
        .Message(1, r => r.Attribute(1, "service.name", "functions"))
        .Message(2, scope => scope
            .Message(2, m => m.Text(1, "latency").Text(3, "s").Message(9, h => h.Varint(2, 1).Message(1, p => p
                .Fixed64(3, 5_000_000_000).Fixed64(4, 3).Double(5, 0.75).Packed(6, 1, 2, 0).Packed(7, BitConverter.DoubleToUInt64Bits(0.1), BitConverter.DoubleToUInt64Bits(1))
                .Attribute(9, "b", "2").Attribute(9, "a", "1"))))
            .Message(2, m => m.Text(1, "errors").Message(7, s => s.Varint(2, 1).Message(1, p => p.Fixed64(3, 1).Fixed64(6, 4))))
            .Message(2, m => m.Text(1, "total").Message(7, s => s.Varint(2, 2).Message(1, p => p.Fixed64(3, 1).Fixed64(6, 4))))
            .Message(2, m => m.Text(1, "depth").Message(5, g => g.Message(1, p => p.Fixed64(3, 1).Double(4, 2.5)))))).ToArray();

    [Fact]
    public void A_span_is_read_whole()
    {
        var span = Assert.Single(OtlpTraces.Read(Traces));

        Assert.Equal("0102030405060708090a0b0c0d0e0f10", span.TraceId);
        Assert.Equal(("0102030405060708", "0807060504030201"), (span.SpanId, span.ParentId));
        Assert.Equal(("read videos", "functions", SpanKind.Client, 2.5), (span.Name, span.Service, span.Kind, span.Milliseconds));
        Assert.Equal([new("db.operation.name", "read"), new("count", "-5"), new("list", "[true, 0.5]")], span.Attributes);
        Assert.Equal((true, "late"), (span.Failed, span.Message));
        Assert.Equal(new SpanException("System.TimeoutException", "late", ""), span.Exception);
        Assert.Equal("100f0e0d0c0b0a090807060504030201", Assert.Single(span.Links));
    }

    [Fact]
    public void Gauges_and_deltas_are_read_and_cumulative_sums_passed_over()
    {
        var points = OtlpMetrics.Read(Metrics);

        Assert.Equal(["latency", "errors", "depth"], points.Select(p => p.Name));
        Assert.Equal(("a=1, b=2", 3UL, 0.75, "s", MetricKind.Histogram), (points[0].Attributes, points[0].Count, points[0].Value, points[0].Unit, points[0].Kind));
        Assert.Equal([1, 2, 0], points[0].Buckets);
        Assert.Equal([0.1, 1], points[0].Bounds);
        Assert.Equal((4.0, MetricKind.Counter), (points[1].Value, points[1].Kind));
        Assert.Equal((2.5, MetricKind.Gauge), (points[2].Value, points[2].Kind));
    }

    [Fact]
    public void An_empty_request_is_one() => Assert.Empty(OtlpTraces.Read([]));

    [Fact]
    public void Every_cut_of_a_request_is_read_or_refused_and_nothing_else()
    {
        for (var length = 0; length < Traces.Length; length++) ReadOrRefuse(Traces[..length]);
        for (var length = 0; length < Metrics.Length; length++) ReadOrRefuse(Metrics[..length]);
        Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(Traces.AsSpan()[..^1]));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_else() => Check.QuickThrowOnFailure(Prop.ForAll<byte[]>(bytes => ReadOrRefuse(bytes ?? [])));

    [Fact]
    public void A_request_with_any_byte_changed_is_read_or_refused_and_nothing_else() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, int.MaxValue).Three().ToArbitrary(),
            change =>
            {
                var request = (byte[])(change.Item3 % 2 == 0 ? Traces : Metrics).Clone();
                request[change.Item1 % request.Length] = (byte)change.Item2;
                ReadOrRefuse(request);
            }));

    [Theory]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0x0b })]
    [InlineData(new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData(new byte[] { 0x0d, 0x01 })]
    public void What_is_no_protobuf_is_refused(byte[] bytes) => Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(bytes));

    [Fact]
    public void A_span_without_an_id_or_with_one_of_zeros_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(Span(span => span.Bytes(1, TraceId))));
        Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(Span(span => span.Bytes(1, new byte[16]).Bytes(2, SpanId))));
        Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(Span(span => span.Bytes(1, TraceId[..15]).Bytes(2, SpanId))));
    }

    [Fact]
    public void Long_texts_are_cut_deep_values_refused_and_attributes_beyond_the_limit_left_out()
    {
        var many = OtlpTraces.Read(Span(span =>
        {
            span.Bytes(1, TraceId).Bytes(2, SpanId).Text(5, new string('x', 10_000));
            for (var i = 0; i < 100; i++) span.Attribute(9, $"k{i}", new string('y', 10_000));
        }))[0];

        Assert.InRange(many.Name.Length, 1, 257);
        Assert.Equal(OtlpAttributes.MaxCount, many.Attributes.Count);
        Assert.InRange(many.Attributes[0].Value.Length, 1, 513);
        Assert.Throws<InvalidDataException>(() => OtlpTraces.Read(Span(span => span.Bytes(1, TraceId).Bytes(2, SpanId).Message(9, a => a.Message(2, v => Nest(v, 20))))));

        static void Nest(ProtobufWriter value, int depth)
        {
            if (depth > 0) value.Message(5, list => list.Message(1, inner => Nest(inner, depth - 1)));
        }
    }

    private static byte[] Span(Action<ProtobufWriter> write) => new ProtobufWriter().Message(1, r => r.Message(2, s => s.Message(2, write))).ToArray();

    private static void ReadOrRefuse(byte[] bytes)
    {
        foreach (var read in (Action[])[() => OtlpTraces.Read(bytes), () => OtlpMetrics.Read(bytes)])
        {
            try
            {
                read();
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }
}
