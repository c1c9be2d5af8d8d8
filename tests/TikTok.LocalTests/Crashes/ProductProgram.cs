using System.Reflection;
using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.Core;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Functions.Http;

namespace TikTok.LocalTests.Crashes;

/// <summary>The clients that every run of the program uses.</summary>
internal sealed record ProductClients(
    CosmosClient Cosmos, BlobServiceClient Blobs, QueueServiceClient Queues, EventHubProducerClient Events, EventHubConsumerClient Log, TimeProvider Time)
{
    /// <summary>A list that never changes, and takes a second to read.</summary>
    public BreachedPasswords Breached { get; } = new();
}

/// <summary>
/// The product's own <c>Program</c>, run up to where it would begin to listen: services, features and middleware are all there, and a test calls the functions, in
/// the host's way, when it wants them called.
/// </summary>
internal sealed class ProductProgram : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly FunctionInvoker _invoker;
    private readonly Dictionary<string, HostedFunction> _functions;

    private ProductProgram(WebApplication application)
    {
        _application = application;
        _invoker = application.Services.GetRequiredService<FunctionInvoker>();
        _functions = application.Services.GetRequiredService<FunctionSet>().All.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    public static ProductProgram Build(ProductClients clients, string hostJson, IReadOnlyDictionary<string, string?> settings)
    {
        var worker = typeof(PlatformFeature).Assembly;
        var options = new LocalHostOptions("crashes", worker.GetTypes(), hostJson, Path.GetDirectoryName(hostJson)!, 0, settings, new NoStorageSignals(), clients.Time);
        var hosting = new BuiltOnly(new LocalFunctionsHost(options), clients);
        var entry = worker.EntryPoint!;

        // What flows from here must not flow on: another test's host may be built next.
        using (ExecutionContext.SuppressFlow())
        {
            Task.Factory.StartNew(
                () =>
                {
                    WorkerHosting.Current = hosting;
                    try
                    {
                        entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
                    }
                    catch (TargetInvocationException e) when (e.InnerException is BuiltException)
                    {
                        // As wanted: it is built and does not run.
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
        }

        return new ProductProgram(hosting.Application!);
    }

    public T Get<T>()
        where T : notnull => _application.Services.GetRequiredService<T>();

    /// <summary>Runs a function that is not called by HTTP once, without the retries of its host.</summary>
    /// <returns>What it failed with; null when it succeeded.</returns>
    public Task<Exception?> TriggerAsync(string function, object value, IReadOnlyDictionary<string, object?>? data = null) =>
        _invoker.InvokeAsync(_functions[function], new Given(value, data), CancellationToken.None, stopping: new CancellationToken(canceled: true));

    /// <summary>Runs an HTTP function as a request would.</summary>
    public async Task<(int Status, string Text)> CallAsync(string function, object? body, string? token, IReadOnlyDictionary<string, string>? route = null)
    {
        var hosted = _functions[function];
        var trigger = (HttpTriggerAttribute)hosted.Trigger;
        var path = trigger.Route!;
        await using var scope = _application.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        foreach (var (name, value) in route ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            http.Request.RouteValues[name] = value;
            path = path.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }
        http.Request.Method = trigger.Methods![0].ToUpperInvariant();
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("127.0.0.1");
        http.Request.Path = $"/api/v1/{path}";
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Loopback;
        if (token is not null) http.Request.Headers.Authorization = $"Bearer {token}";
        if (body is not null)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, CoreJson.Options);
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = bytes.Length;
            http.Request.Body = new MemoryStream(bytes);
        }
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        var failure = await _invoker.InvokeAsync(hosted, new HttpInput(http), http);
        return (failure is null ? http.Response.StatusCode : 500, failure?.Message ?? Encoding.UTF8.GetString(answer.ToArray()));
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private sealed class BuiltException : Exception;

    private sealed class BuiltOnly(LocalFunctionsHost inner, ProductClients clients) : IWorkerHosting
    {
        public WebApplication? Application { get; private set; }

        public void Configure(WebApplicationBuilder builder) => inner.Configure(builder);

        public void AddServices(WebApplicationBuilder builder, bool web)
        {
            inner.AddServices(builder, web);
            builder.Services
                .AddSingleton(clients.Cosmos)
                .AddSingleton(clients.Blobs)
                .AddSingleton(clients.Queues)
                .AddSingleton(clients.Events)
                .AddSingleton(clients.Log)
                .AddSingleton(clients.Time)
                .AddSingleton(clients.Breached)

                // How slow passwords are to guess is no matter here.
                .PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1);
        }

        public void Map(WebApplication application)
        {
            Application = application;
            throw new BuiltException();
        }
    }

    private sealed class Given(object value, IReadOnlyDictionary<string, object?>? data) : TriggerInput
    {
        public override string Reason => "a test";

        public override IReadOnlyDictionary<string, object?> BindingData => data ?? NoData;

        public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken) => ValueTask.FromResult<object?>(value);
    }
}
