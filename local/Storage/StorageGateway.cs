using System.Net;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using TikTok.Local.Faults;

namespace TikTok.Local.Storage;

/// <summary>
/// What clients take for the storage account: two loopback ports, blobs and queues, in front of Azurite. It adds what Azurite
/// lacks: faults on demand (<c>/_faults</c>), events as they happen (<c>/_events</c>), and a short patience while Azurite is
/// started again. <c>/_health</c> answers 200 when Azurite is there.
/// </summary>
internal sealed class StorageGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly AzuriteProcess _azurite;
    private readonly TimeProvider _time;
    private readonly RequestForwarder _forwarder = new();
    private readonly StorageEventBroadcast _events = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;
    private ListenOptions? _blobListener;
    private ListenOptions? _queueListener;

    public StorageGateway(AzuriteProcess azurite, int blobPort, int queuePort, TimeProvider time)
    {
        (_azurite, _time) = (azurite, time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;

            // A blob's name may be 1,024 characters long, each of which may take nine bytes of the target, and a SAS follows it.
            kestrel.Limits.MaxRequestLineSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            kestrel.Listen(IPAddress.Loopback, blobPort, listener => (_blobListener = listener).Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, queuePort, listener => (_queueListener = listener).Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.UseFaults(new FaultRules(Random.Shared), time);
        _app.Run(HandleAsync);
    }

    /// <summary>The blob service, once started.</summary>
    public Uri Blob => Address(_blobListener);

    /// <summary>The queue service, once started.</summary>
    public Uri Queue => Address(_queueListener);

    /// <summary>Starts Azurite and listens when it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _azurite.Start();
        var endpoints = await _azurite.EndpointsAsync(TimeSpan.FromMinutes(1), cancellationToken);
        await AllowBrowsersAsync(endpoints.Blob, cancellationToken);
        await _app.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _azurite.DisposeAsync();
        _forwarder.Dispose();
        _stopping.Dispose();
    }

    // Browsers upload and play straight from storage, so its CORS rules are as the deployed account's.
    private static async Task AllowBrowsersAsync(Uri blob, CancellationToken cancellationToken)
    {
        var service = new BlobServiceClient(
            new Uri(blob, StorageAccount.Name), new Azure.Storage.StorageSharedKeyCredential(StorageAccount.Name, StorageAccount.Key));
        BlobServiceProperties properties = await service.GetPropertiesAsync(cancellationToken);
        properties.Cors =
        [
            new BlobCorsRule
            {
                AllowedOrigins = "*",
                AllowedMethods = "GET,HEAD,PUT,OPTIONS",
                AllowedHeaders = "*",
                ExposedHeaders = "*",
                MaxAgeInSeconds = 3600,
            },
        ];
        await service.SetPropertiesAsync(properties, cancellationToken);
    }

    private static Uri Address(ListenOptions? listener) =>
        new($"http://127.0.0.1:{listener?.IPEndPoint?.Port ?? throw new InvalidOperationException("Not started.")}/");

    private Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/_events" => _events.ServeAsync(context, _stopping.Token),
        "/_health" => HealthAsync(context),
        _ => ForwardAsync(context),
    };

    private async Task HealthAsync(HttpContext context)
    {
        var ready = _azurite.IsReady;
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(
            new { status = ready ? "ok" : "starting", azurite = _azurite.ProcessId, restarts = _azurite.Restarts }, context.RequestAborted);
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var isBlob = context.Connection.LocalPort == _blobListener?.IPEndPoint?.Port;
        try
        {
            var endpoints = await _azurite.EndpointsAsync(Patience, context.RequestAborted);
            await _forwarder.ForwardAsync(context, isBlob ? endpoints.Blob : endpoints.Queue);
        }
        catch (Exception failure) when (failure is HttpRequestException or TimeoutException or IOException)
        {
            Unavailable(context);
            return;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }

        var happened = isBlob
            ? StorageOperation.OfBlob(context.Request, context.Response)
            : StorageOperation.OfQueue(context.Request, context.Response, _time.GetUtcNow());
        if (happened is not null)
        {
            _events.Publish(happened);
        }
    }

    // As the service says that it is busy: its clients try again by themselves.
    private static void Unavailable(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers["x-ms-error-code"] = "ServerBusy";
        context.Response.Headers.RetryAfter = "1";
    }
}
