using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TikTok.Local.Telemetry.Otlp;

namespace TikTok.Local.Telemetry.Dashboard;

/// <summary>
/// On loopback: <c>POST /v1/traces</c> and <c>/v1/metrics</c> take OTLP over HTTP in protobuf, <c>GET /</c> is the page, <c>/api/state</c> and
/// <c>/api/traces/{id}</c> are what it shows. What is not OTLP is refused with 400; requests under another host's name, as of a page that was lured here, with 403.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const string Protobuf = "application/x-protobuf";
    private const int MaxBody = 4 * 1024 * 1024;

    // What is too large is refused at MaxBody but not cut off there: Kestrel reads the rest away after the answer. An exporter sends its whole body
    // before it looks for an answer, and a connection closed meanwhile would be a broken pipe to it, which it retries, and no 413.
    private const int MaxDrained = 64 * 1024 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly WebApplication _app;
    private readonly TraceBoard _traces;
    private readonly MetricBoard _metrics;
    private readonly DashboardData _data;

    public DashboardServer(int port, TraceBoard traces, MetricBoard metrics, DashboardData data)
    {
        (_traces, _metrics, _data) = (traces, metrics, data);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        // Who ends this process is the supervisor's business.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxDrained;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _app = builder.Build();
        _app.Use(GuardAsync);
        _app.MapPost("/v1/traces", (RequestDelegate)(context => TakeAsync(context, body => _traces.Add(OtlpTraces.Read(body.Span)))));
        _app.MapPost("/v1/metrics", (RequestDelegate)(context => TakeAsync(context, body => _metrics.Add(OtlpMetrics.Read(body.Span)))));
        _app.MapGet("/api/state", (RequestDelegate)(async context =>
            await context.Response.WriteAsJsonAsync(await _data.CurrentAsync(context.RequestAborted), Json, context.RequestAborted)));
        _app.MapGet("/api/traces/{id}", (RequestDelegate)TraceAsync);
        _app.MapGet("/", (RequestDelegate)(context => PageAsync(context, "dashboard.html", "text/html; charset=utf-8")));
        _app.MapGet("/dashboard.css", (RequestDelegate)(context => PageAsync(context, "dashboard.css", "text/css; charset=utf-8")));
        _app.MapGet("/dashboard.js", (RequestDelegate)(context => PageAsync(context, "dashboard.js", "text/javascript; charset=utf-8")));
    }

    /// <summary>Where it listens, once started.</summary>
    public Uri Address => new(_app.Urls.First());

    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _data.Dispose();
    }

    private static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Host.Host is not ("127.0.0.1" or "localhost"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        return next(context);
    }

    private static async Task TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> take)
    {
        if (context.Request.ContentType != Protobuf || context.Request.Headers.ContentEncoding.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        try
        {
            using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, MaxBody));
            await ReadAsync(context, body);
            take(body.GetBuffer().AsMemory(0, (int)body.Length));

            // An empty response message: everything was taken.
            context.Response.ContentType = Protobuf;
        }
        catch (InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
        }
    }

    private static async Task ReadAsync(HttpContext context, MemoryStream body)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            var isTooLarge = body.Length + read.Buffer.Length > MaxBody;
            if (!isTooLarge) foreach (var segment in read.Buffer) body.Write(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (isTooLarge) throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
            if (read.IsCompleted) return;
        }
    }

    private async Task TraceAsync(HttpContext context)
    {
        var spans = _traces.Find((string)context.Request.RouteValues["id"]!);
        if (spans.Count == 0) context.Response.StatusCode = StatusCodes.Status404NotFound;
        else await context.Response.WriteAsJsonAsync(spans, Json, context.RequestAborted);
    }

    private static async Task PageAsync(HttpContext context, string resource, string contentType)
    {
        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        context.Response.ContentType = contentType;
        await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
