using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos;

/// <summary>
/// Cosmos DB's REST API on <c>https://127.0.0.1:PORT/</c>, for <c>Microsoft.Azure.Cosmos</c> in gateway mode. The account key is
/// <see cref="EmulatorKey"/>. Beside the protocol it answers, without a key, <c>GET /_health</c>, <c>POST /_faults</c> (one fault as JSON),
/// <c>GET /_faults</c> and <c>DELETE /_faults</c>.
/// </summary>
public sealed class CosmosEmulator : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Account _account;
    private readonly FaultRules _faults = new();
    private readonly MasterKeyAuthorization _authorization = new(MasterKeyAuthorization.EmulatorKey);
    private readonly TimeProvider _time;
    private CosmosRouter _router = null!;

    private CosmosEmulator(WebApplication server, Account account, TimeProvider time)
    {
        _server = server;
        _account = account;
        _time = time;
        Endpoint = null!;
    }

    /// <summary>The published key of every Cosmos DB emulator.</summary>
    public static string EmulatorKey => MasterKeyAuthorization.EmulatorKey;

    /// <summary>Where the account answers.</summary>
    public Uri Endpoint { get; private set; }

    /// <summary>Recovers the account kept in <paramref name="folder"/> and begins to listen.</summary>
    /// <param name="port">A TCP port, or 0 for any free one.</param>
    public static async Task<CosmosEmulator> StartAsync(string folder, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var account = Account.Open(folder, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * CosmosRequest.MaxBodyLength;
            kestrel.Limits.MaxRequestHeadersTotalSize = 128 * 1024;

            // The client closes idle connections sooner, so a request never meets a connection that is just being closed here; and a
            // machine under load is no reason to cut one off.
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(30);
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(CosmosCertificate.LoadOrCreate(folder, time));
            });
        });
        var server = builder.Build();
        var emulator = new CosmosEmulator(server, account, time);
        server.Run(emulator.HandleAsync);
        await server.StartAsync(cancellationToken);

        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        emulator.Endpoint = new Uri($"https://127.0.0.1:{new Uri(address).Port}/");
        emulator._router = new CosmosRouter(account, AccountDocument.Create(emulator.Endpoint));
        return emulator;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        await _account.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = CosmosRequest.From(context);
        if (request.Path.Kind == ResourceKind.Unknown && context.Request.Path.StartsWithSegments("/_health", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return;
        }

        if (request.Path.Kind == ResourceKind.Unknown && context.Request.Path.StartsWithSegments("/_faults", StringComparison.Ordinal))
        {
            await SetFaultsAsync(context, request);
            return;
        }

        var response = await AnswerAsync(context, request);
        if (response is null)
        {
            context.Abort();
            return;
        }

        var activityId = request.Header(CosmosHeaders.ActivityId) ?? Guid.NewGuid().ToString();
        await response.WriteAsync(context.Response, activityId, context.RequestAborted);
    }

    private async ValueTask<CosmosResponse?> AnswerAsync(HttpContext context, CosmosRequest request)
    {
        try
        {
            var headers = context.Request.Headers;
            if (!_authorization.IsAuthorized(
                headers.Authorization, request.Method, request.Path, request.Header(CosmosHeaders.Date) ?? headers.Date.ToString()))
                throw CosmosFailure.Unauthorized();

            var operation = CosmosRouter.Classify(request);
            var fault = _faults.Take(request.Path.Container, operation.ToString(), request.Method);
            if (fault is not null)
            {
                if (fault.DelayMs > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), _time, context.RequestAborted);
                if (fault.Drop == FaultDrop.Before)
                    return null;
                if (fault.ToFailure() is { } failure)
                    throw failure;
            }

            var response = await _router.RunAsync(request, operation);
            await _account.Journal.WhenDurableAsync(response.JournalPosition);
            return fault?.Drop == FaultDrop.After ? null : response;
        }
        catch (CosmosFailure failure)
        {
            return CosmosResponse.From(failure);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{request.Method} {context.Request.Path}: {failure}");
            return CosmosResponse.From(new CosmosFailure(500, "InternalServerError", failure.Message));
        }
    }

    private async Task SetFaultsAsync(HttpContext context, CosmosRequest request)
    {
        try
        {
            switch (request.Method)
            {
                case "GET":
                    await context.Response.WriteAsync(_faults.ToJson(), context.RequestAborted);
                    break;
                case "DELETE":
                    _faults.Clear();
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                    break;
                case "POST":
                    _faults.Add(await request.ReadBodyAsync());
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                    break;
                default:
                    context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                    break;
            }
        }
        catch (JsonException failure)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(failure.Message, context.RequestAborted);
        }
    }
}
