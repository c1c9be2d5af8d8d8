using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Telemetry;
using TikTok.Local.Telemetry;
using TikTok.Local.Telemetry.Dashboard;
using TikTok.Local.Up.Display;

namespace TikTok.UnitTests.Telemetry;

/// <summary>The receiver with the real SDK at its other end, and with whatever else may come.</summary>
[Collection(nameof(ListeningTests))]
public sealed class DashboardServerTests : IAsyncLifetime
{
    private readonly TraceBoard _traces = new();
    private readonly MetricBoard _metrics = new(TimeProvider.System);
    private readonly HttpClient _http = new();
    private DashboardServer _server = null!;

    public async Task InitializeAsync()
    {
        var queues = new QueueServiceClient(new Uri("http://127.0.0.1:1/nobody"), new QueueClientOptions { Retry = { MaxRetries = 0 } });
        var collector = new StatusCollector(TimeProvider.System, () => [], queues);
        _server = new DashboardServer(0, _traces, _metrics, new DashboardData(_traces, _metrics, collector, _http, TimeProvider.System));
        await _server.StartAsync(CancellationToken.None);
        _http.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_the_SDK_exports_is_on_the_boards()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", _server.Address.ToString())]).Build();
        string traceId;
        using (TelemetryExport.Start("functions", settings)!)
        {
            using var activity = Tracing.StartConsumer("probe", default)!;
            traceId = activity.TraceId.ToHexString();
            using (var inner = Tracing.StartWithin("ask for transcode", null)) inner.Fail(new TimeoutException("late"));
            Metrics.FeedGenerationDuration.Record(0.2, new KeyValuePair<string, object?>("source", "ranker"));
            Metrics.VideosPublished.Add(3);
            Metrics.VideoProcessingQueueDepth.Record(7, new KeyValuePair<string, object?>("queue", "probe"));
        }

        var spans = _traces.Find(traceId);
        Assert.Equal(["probe", "ask for transcode"], spans.Select(s => s.Name));
        Assert.Equal(spans[0].SpanId, spans[1].ParentId);
        Assert.Equal("functions", spans[1].Service);
        Assert.Equal(("System.TimeoutException", "late"), (spans[1].Exception!.Type, spans[1].Exception!.Message));
        var view = _metrics.View().ToDictionary(m => m.Name);
        Assert.Equal(("s", 1UL, "source=ranker"), (view["feed_generation_duration_seconds"].Unit, view["feed_generation_duration_seconds"].Series[0].Count, view["feed_generation_duration_seconds"].Series[0].Attributes));
        Assert.Equal(3, view["videos_published_total"].Series[0].Total);
        Assert.Equal(7, view["video_processing_queue_depth"].Series[0].Total);

        using var trace = JsonDocument.Parse(await _http.GetStringAsync($"api/traces/{traceId}"));
        Assert.Equal(2, trace.RootElement.GetArrayLength());
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_collected() => Assert.Null(TelemetryExport.Start("functions", new ConfigurationBuilder().Build()));

    [Fact]
    public async Task What_is_not_OTLP_is_refused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("v1/traces", [1, 2, 3]));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("v1/metrics", [0x0a, 0x7f]));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await PostAsync("v1/traces", [], "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("v1/traces", new byte[4 * 1024 * 1024 + 1]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("v1/traces", new byte[40 * 1024 * 1024]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("v1/metrics", new byte[40 * 1024 * 1024], chunked: true));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("v1/traces", []));
        Assert.Empty(_traces.Notable(10, 10));
    }

    [Fact]
    public async Task Another_hosts_name_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/state");
        request.Headers.Host = "lured.example";

        using var response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere_and_runs_no_script_of_others()
    {
        foreach (var file in (string[])["", "dashboard.css", "dashboard.js"])
        {
            using var response = await _http.GetAsync(new Uri(file, UriKind.Relative));
            var text = await response.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.StartsWith("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/2000/svg)|innerHTML|eval\(", text);
        }
    }

    [Fact]
    public async Task The_state_is_answered_while_nothing_of_the_service_is_there()
    {
        using var state = JsonDocument.Parse(await _http.GetStringAsync("api/state"));

        Assert.Contains(state.RootElement.GetProperty("problems").EnumerateArray(), p => p.GetProperty("text").GetString() == "The API finds api unhealthy");
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri("api/traces/none", UriKind.Relative))).StatusCode);
    }

    private async Task<HttpStatusCode> PostAsync(string path, byte[] body, string type = "application/x-protobuf", bool chunked = false)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }
}
