using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos;

namespace TikTok.UnitTests.Telemetry;

[Collection(nameof(ListeningTests))]
public sealed class TracingTests
{
    private const string Host = "00-11111111111111111111111111111111-1111111111111111-00";
    private const string Sender = "00-22222222222222222222222222222222-2222222222222222-01";
    private const string OtherSender = "00-33333333333333333333333333333333-3333333333333333-01";

    private static readonly TraceMiddleware Middleware = new(new FunctionCatalog(typeof(VideosFeature).Assembly), TimeProvider.System);

    [Fact]
    public async Task A_queue_message_goes_on_in_its_senders_trace_and_links_the_host()
    {
        var span = await RunAsync("VideoStepTaken", "queueTrigger", ("QueueTrigger", $$"""{"videoId":"v","traceparent":"{{Sender}}"}"""));

        Assert.Equal(ContextOf(Sender).TraceId, span.TraceId);
        Assert.Equal(ContextOf(Sender).SpanId, span.ParentSpanId);
        Assert.Equal(ContextOf(Host).SpanId, Assert.Single(span.Links).Context.SpanId);
        Assert.Equal((ActivityKind.Consumer, "VideoStepTaken"), (span.Kind, span.DisplayName));
    }

    [Fact]
    public async Task A_message_from_before_there_were_traces_goes_on_in_the_hosts()
    {
        var span = await RunAsync("VideoStepTaken", "queueTrigger", ("QueueTrigger", """{"videoId":"v"}"""));

        Assert.Equal(ContextOf(Host).TraceId, span.TraceId);
        Assert.Empty(span.Links);
    }

    [Fact]
    public async Task Events_of_one_trace_go_on_in_it()
    {
        var span = await RunAsync("CountViews", "eventHubTrigger", ("PropertiesArray", $$"""[{"traceparent":"{{Sender}}"},{"traceparent":"{{Sender}}"}]"""));

        Assert.Equal(ContextOf(Sender).TraceId, span.TraceId);
    }

    [Fact]
    public async Task Events_of_several_traces_are_linked()
    {
        var span = await RunAsync("CountViews", "eventHubTrigger", ("PropertiesArray", $$"""[{"traceparent":"{{Sender}}"},{},{"traceparent":"{{OtherSender}}"}]"""));

        Assert.Equal(ContextOf(Host).TraceId, span.TraceId);
        Assert.Equal([ContextOf(Sender), ContextOf(OtherSender)], span.Links.Select(link => link.Context));
    }

    [Fact]
    public async Task An_HTTP_function_is_named_by_its_route_and_goes_on_in_the_clients_trace()
    {
        var span = await RunAsync("GetVideo", "httpTrigger");

        Assert.Equal("GET videos/{id}", span.DisplayName);
        Assert.Equal(ContextOf(Host).SpanId, span.ParentSpanId);
        Assert.Equal(ActivityKind.Internal, span.Kind);
    }

    [Fact]
    public async Task What_a_function_throws_is_on_its_span()
    {
        using var spans = new RecordedSpans();
        var context = Context("LeftoversSwept", "timerTrigger");

        await Assert.ThrowsAsync<TimeoutException>(() => Middleware.Invoke(context, _ => throw new TimeoutException("late")));

        var span = Assert.Single(spans.Of(ContextOf(Host).TraceId));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Contains(span.Events, e => e.Name == "exception" && e.Tags.Any(tag => tag is { Key: "exception.type", Value: "System.TimeoutException" }));
    }

    [Theory]
    [InlineData(500, ActivityStatusCode.Error)]
    [InlineData(404, ActivityStatusCode.Unset)]
    public async Task A_problem_is_a_failed_span_from_500_on(int status, ActivityStatusCode expected)
    {
        var span = await AnsweringAsync(new ProblemAnswer(new Problem("/problems/x", "x", status)));

        Assert.Equal(expected, span.Status);
        Assert.Equal(status, span.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task A_503_that_a_function_means_to_answer_is_no_failure() =>
        Assert.Equal(ActivityStatusCode.Unset, (await AnsweringAsync(Answers.Json(503, "unhealthy"))).Status);

    [Fact]
    public void Work_for_a_video_belongs_to_the_trace_in_which_it_was_completed_whoever_does_it()
    {
        using var spans = new RecordedSpans();
        using var landing = Tracing.StartConsumer("landing", ContextOf(OtherSender))!;

        using (Tracing.StartWithin("ask for probe", Sender))
            Assert.Equal(ContextOf(Sender).TraceId, MessageTrace.Read(MessageTrace.Write(new ProbeJob("v"))).TraceId);

        var span = Assert.Single(spans.Of(ContextOf(Sender).TraceId));
        Assert.Equal(landing.Context, Assert.Single(span.Links).Context);
        using var step = Tracing.StartConsumer("step", ContextOf(Sender))!;
        using var next = Tracing.StartWithin("ask for transcode", Sender)!;
        Assert.Equal(step.SpanId, next.ParentSpanId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    public void A_video_without_a_trace_goes_on_in_the_current_one(string? traceParent)
    {
        using var spans = new RecordedSpans();
        using var current = Tracing.StartConsumer("step", ContextOf(Sender))!;

        using var work = Tracing.StartWithin("publish", traceParent)!;

        Assert.Equal(current.SpanId, work.ParentSpanId);
    }

    [Fact]
    public async Task With_nobody_listening_an_execution_allocates_nothing_for_telemetry()
    {
        var context = Context("VideoStepTaken", "queueTrigger", ("QueueTrigger", $$"""{"traceparent":"{{Sender}}"}"""));
        Activity.Current = null;
        for (var i = 0; i < 100; i++) await Middleware.Invoke(context, _ => Task.CompletedTask);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            // Completes synchronously, so that it stays on this thread.
            var invoked = Middleware.Invoke(context, static _ => Task.CompletedTask);
            Assert.True(invoked.IsCompletedSuccessfully);
            using var activity = Tracing.StartWithin("publish", Sender);
            Metrics.FeedGenerationDuration.Record(0.1, new KeyValuePair<string, object?>("source", "ranker"));
        }

        var perExecution = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000.0;
        Assert.InRange(perExecution, 0, 256);
    }

    private static async Task<Activity> AnsweringAsync(IResult answer)
    {
        using var spans = new RecordedSpans();
        var context = Context("GetVideo", "httpTrigger");
        context.Items["HttpRequestContext"] = new DefaultHttpContext();
        await Middleware.Invoke(context, c =>
        {
            c.GetInvocationResult().Value = answer;
            return Task.CompletedTask;
        });
        return Assert.Single(spans.Of(ContextOf(Host).TraceId));
    }

    private static async Task<Activity> RunAsync(string function, string trigger, params (string Name, string Value)[] data)
    {
        using var spans = new RecordedSpans();
        Activity? running = null;
        await Middleware.Invoke(Context(function, trigger, data), _ =>
        {
            running = Activity.Current;
            return Task.CompletedTask;
        });
        return Assert.Single(spans.Of(running!.TraceId));
    }

    private static ActivityContext ContextOf(string traceParent) => ActivityContext.Parse(traceParent, null) is var c
        ? new ActivityContext(c.TraceId, c.SpanId, c.TraceFlags, null, isRemote: true)
        : default;

    private static RunningContext Context(string function, string trigger, params (string Name, string Value)[] data) => new(
        new ServiceCollection().BuildServiceProvider(),
        new LoadedFunction(
            function,
            typeof(TracingTests).GetMethod(nameof(Nothing), BindingFlags.NonPublic | BindingFlags.Static)!,
            ImmutableDictionary<string, BindingMetadata>.Empty.Add("trigger", new LoadedBinding("trigger", trigger, BindingDirection.In)),
            ImmutableDictionary<string, BindingMetadata>.Empty),
        new RunningInvocation("1", function, Host, ""),
        new RunningRetry(0, 0),
        data.ToDictionary(d => d.Name, d => (object?)d.Value, StringComparer.OrdinalIgnoreCase),
        CancellationToken.None);

    private static void Nothing()
    {
    }
}
