using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TikTok.Local.Faults;

namespace TikTok.Local.EventHubs;

/// <summary>
/// The emulator over HTTP on loopback. Sending and describing hubs follow the service's REST API. Reading does not exist there
/// (the service serves it by AMQP alone), so
/// <c>GET /{hub}/consumergroups/{group}/partitions/{id}/messages?fromSequenceNumber=&amp;maxCount=&amp;maxWaitMs=&amp;reader=&amp;epoch=</c>
/// is this emulator's own: JSON lines (<see cref="EventLine"/>), a long poll that an append wakes at once, 409 for a reader whose
/// partition another one with an equal or higher epoch has taken. <c>/_health</c> and <c>/_faults</c> are its own too.
/// </summary>
internal sealed class EventHubsServer : IAsyncDisposable
{
    /// <summary>A send request, with all its events, may be this long (the service's limit): 413 beyond it.</summary>
    public const int MaximumSendBytes = 1024 * 1024;

    private const int MaximumReadBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly EventHubsOptions _options;
    private readonly TimeProvider _time;
    private readonly EventHubNamespace _hubs;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private Task _retention = Task.CompletedTask;

    public EventHubsServer(EventHubsOptions options, int port, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _hubs = new EventHubNamespace(options, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        _app = builder.Build();
        _app.UseFaults(new FaultRules(Random.Shared), time);
        _app.Use(AuthorizeAsync);
        _app.MapGet("/_health", (RequestDelegate)HealthAsync);
        _app.MapPost("/{hub}/messages", (RequestDelegate)SendAsync);
        _app.MapPost("/{hub}/partitions/{partition}/messages", (RequestDelegate)SendAsync);
        _app.MapGet("/{hub}", (RequestDelegate)DescribeAsync);
        _app.MapGet("/{hub}/consumergroups/{group}/partitions/{partition}", (RequestDelegate)DescribeAsync);
        _app.MapGet("/{hub}/consumergroups/{group}/partitions/{partition}/messages", (RequestDelegate)ReadAsync);
    }

    /// <summary>Where it listens, once started.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Urls.First());
        _retention = ApplyRetentionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _retention;
        await _hubs.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ApplyRetentionAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMinutes(5), _time);
            do
            {
                try
                {
                    await _hubs.ApplyRetentionAsync(_stopping.Token);
                }
                catch (IOException failed)
                {
                    Console.Error.WriteLine($"Retention is tried again in five minutes: {failed.Message}");
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The emulator stops.
        }
    }

    private async Task AuthorizeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var refusal = request.Path == "/_health" ? null : SharedAccessSignature.Refuse(
            request.Headers.Authorization, request.Host.Host, request.Path, _options.KeyName, _options.Key, _time.GetUtcNow());
        if (refusal is null)
        {
            await next(context);
        }
        else
        {
            await ErrorAsync(context, StatusCodes.Status401Unauthorized, refusal);
        }
    }

    private Task HealthAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new { status = "ok", hubs = _hubs.Hubs.ToDictionary(hub => hub.Name, hub => hub.PartitionIds.Count, StringComparer.Ordinal) },
        context.RequestAborted);

    private async Task SendAsync(HttpContext context)
    {
        var (hub, partition) = Find(context);
        if (hub is null || (partition is null && context.Request.RouteValues.ContainsKey("partition")))
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "The messaging entity could not be found.");
            return;
        }

        if (await ReadBodyAsync(context.Request, context.RequestAborted) is not { } body)
        {
            await ErrorAsync(context, StatusCodes.Status413PayloadTooLarge, $"A send may be {MaximumSendBytes} bytes long.");
            return;
        }

        try
        {
            var events = SendRequest.Parse(context.Request, body);
            if (partition is not null)
            {
                await partition.AppendAsync(events, context.RequestAborted);
            }
            else
            {
                await hub.SendAsync(events, context.RequestAborted);
            }

            context.Response.StatusCode = StatusCodes.Status201Created;
        }
        catch (MalformedSendException malformed)
        {
            await ErrorAsync(context, StatusCodes.Status400BadRequest, malformed.Message);
        }
        catch (IOException failed)
        {
            await ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, failed.Message);
        }
    }

    private async Task DescribeAsync(HttpContext context)
    {
        var (hub, partition) = Find(context);
        var id = context.Request.RouteValues["partition"] as string;
        if (hub is null || (id is not null && partition is null))
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "The messaging entity could not be found.");
            return;
        }

        context.Response.ContentType = EventHubDescription.MediaType;
        await context.Response.WriteAsync(
            partition is null ? EventHubDescription.Of(hub, _options.Log.RetentionTime) : EventHubDescription.Of(hub, id!, partition.State),
            context.RequestAborted);
    }

    private async Task ReadAsync(HttpContext context)
    {
        var (hub, partition) = Find(context);
        if (hub is null || partition is null)
        {
            await ErrorAsync(context, StatusCodes.Status404NotFound, "The messaging entity could not be found.");
            return;
        }

        var query = context.Request.Query;
        var from = Number(query["fromSequenceNumber"], 0, 0, long.MaxValue);
        var count = (int)Number(query["maxCount"], 100, 1, 10_000);
        var wait = TimeSpan.FromMilliseconds(Number(query["maxWaitMs"], 0, 0, (long)LongestWait.TotalMilliseconds));
        var taken = CancellationToken.None;
        if (query["reader"] is [{ Length: > 0 } reader])
        {
            var group = (string)context.Request.RouteValues["group"]!;
            var id = (string)context.Request.RouteValues["partition"]!;
            if (hub.Readers.Claim(group, id, reader, Number(query["epoch"], 0, 0, long.MaxValue)) is not { } owned)
            {
                await ErrorAsync(context, StatusCodes.Status409Conflict, "ReceiverDisconnected: another reader has this partition.");
                return;
            }

            taken = owned;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, taken, _stopping.Token);
        try
        {
            var events = await partition.ReadAsync(from, count, MaximumReadBytes, wait, ended.Token);
            context.Response.ContentType = "application/x-ndjson";
            await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
            foreach (var logged in events)
            {
                EventLine.Write(writer, logged);
                writer.Flush();
                writer.Reset();
                context.Response.BodyWriter.Write("\n"u8);
            }

            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (OperationCanceledException) when (taken.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorAsync(context, StatusCodes.Status409Conflict, "ReceiverDisconnected: another reader took this partition.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "The emulator stops.");
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer any more.
        }
    }

    private (EventHub? Hub, PartitionLog? Partition) Find(HttpContext context)
    {
        var values = context.Request.RouteValues;
        var hub = _hubs.Find((string)values["hub"]!);
        return (hub, values["partition"] is string id ? hub?.Partition(id) : null);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaximumSendBytes)
        {
            return null;
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 4096));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaximumSendBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static long Number(string? text, long otherwise, long minimum, long maximum) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? Math.Clamp(value, minimum, maximum)
            : otherwise;

    private static Task ErrorAsync(HttpContext context, int status, string detail)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { Error = new { Code = status, Detail = detail } }, context.RequestAborted);
    }
}
