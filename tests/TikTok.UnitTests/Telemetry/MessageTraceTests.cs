using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Core.Messages;
using TikTok.Core.Telemetry;

namespace TikTok.UnitTests.Telemetry;

public sealed class MessageTraceTests
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_message_sent_within_a_span_carries_it_and_is_still_the_message()
    {
        using var activity = new Activity("sender").SetIdFormat(ActivityIdFormat.W3C).Start();

        var message = MessageTrace.Write(new VideoDeletion("v1"));

        var carried = MessageTrace.Read(message);
        Assert.Equal((activity.TraceId, activity.SpanId), (carried.TraceId, carried.SpanId));
        Assert.True(carried.IsRemote);
        Assert.Equal(new VideoDeletion("v1"), JsonSerializer.Deserialize<VideoDeletion>(message, CoreJson.Options));
    }

    [Fact]
    public void A_message_sent_without_a_span_is_the_message_alone()
    {
        Activity.Current = null;

        var message = MessageTrace.Write(new VideoDeletion("v1"));

        Assert.Equal("""{"videoId":"v1"}""", message);
        Assert.Equal(default, MessageTrace.Read(message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1, 2]")]
    [InlineData("\"traceparent\"")]
    [InlineData("""{"traceparent":42}""")]
    [InlineData("""{"traceparent":null}""")]
    [InlineData("""{"traceparent":"00-short-b7ad6b7169203331-01"}""")]
    [InlineData("""{"traceparent":"00-00000000000000000000000000000000-b7ad6b7169203331-01"}""")]
    [InlineData("""{"nested":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}""")]
    [InlineData("""{"a":1,"traceparent":""")]
    public void What_is_no_trace_context_is_none(string message) => Assert.Equal(default, MessageTrace.Read(message));

    [Fact]
    public void The_member_is_found_behind_others() =>
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", MessageTrace.Read($$"""{"a":{"traceparent":"x"},"b":[1,{}],"traceparent":"{{TraceParent}}"}""").TraceId.ToHexString());

    [Fact]
    public void Any_text_can_be_read_without_an_exception() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
        {
            MessageTrace.Read(text ?? "");
            MessageTrace.ReadProperties(text ?? "", 4);
        }));

    [Fact]
    public void The_contexts_of_a_batch_are_distinct_and_bounded()
    {
        const string Other = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var json = $$"""[{"traceparent":"{{TraceParent}}"},{"partition":"0"},{"traceparent":"{{TraceParent}}"},{"traceparent":"{{Other}}"},{"traceparent":7}]""";

        Assert.Equal(2, MessageTrace.ReadProperties(json, 32).Count);
        Assert.Single(MessageTrace.ReadProperties(json, 1));
        Assert.Single(MessageTrace.ReadProperties($$"""{"traceparent":"{{TraceParent}}"}""", 32));
        Assert.Empty(MessageTrace.ReadProperties("null", 32));
    }
}
