using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.ChangeFeed;
using TikTok.Local.Functions.Http;

namespace TikTok.Local.Functions.Hosting;

/// <summary>What the host is told at its start.</summary>
/// <param name="Name">The app's name; the host's state in storage is kept under it.</param>
/// <param name="Types">Classes to look for functions in.</param>
/// <param name="HostJson">Path of host.json.</param>
/// <param name="DataFolder">Where keys are kept.</param>
/// <param name="Port">On 127.0.0.1; 0 takes a free one.</param>
/// <param name="Settings">Win over environment variables.</param>
/// <param name="Signals">Storage's signals; null: polling only.</param>
/// <param name="Time">Null: the system's clock.</param>
/// <param name="StopWithin">How long stopping may take: draining, and cancelling what is not done by then. Null: <see cref="LocalFunctionsHost.StopWithin"/>.</param>
internal sealed record LocalHostOptions(
    string Name,
    IReadOnlyList<Type> Types,
    string HostJson,
    string DataFolder,
    int Port,
    IReadOnlyDictionary<string, string?>? Settings = null,
    IStorageSignals? Signals = null,
    TimeProvider? Time = null,
    TimeSpan? StopWithin = null);

/// <summary>
/// The Functions host of this machine, as part of the worker's own application: it finds the functions, listens for what triggers them, and runs them
/// through the worker's pipeline.
/// </summary>
internal sealed class LocalFunctionsHost(LocalHostOptions options) : IWorkerHosting
{
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(21);

    public void Configure(WebApplicationBuilder builder)
    {
        if (options.Settings is not null)
        {
            builder.Configuration.AddInMemoryCollection(options.Settings);
        }

        var host = HostSettings.Read(options.HostJson, builder.Configuration);
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.FormatterName = InvocationConsole.FormatterName)
            .AddConsoleFormatter<InvocationConsole, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Configuration.AddInMemoryCollection(host.LogLevels.Select(level => KeyValuePair.Create($"Logging:LogLevel:{(
            string.Equals(level.Key, "default", StringComparison.OrdinalIgnoreCase) ? "Default" : level.Key)}", (string?)level.Value)));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var bodyLimit = builder.Configuration.GetValue("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 100L * 1024 * 1024);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = bodyLimit;
        });
        builder.Services.AddSingleton(host);
    }

    public void AddServices(WebApplicationBuilder builder, bool web)
    {
        var hostId = builder.Configuration["AzureFunctionsWebHost:hostid"] ?? options.Name;
        var functions = new FunctionSet(FunctionSet.HostIdFrom(hostId), FunctionCatalog.Find(options.Types));
        if (!web && functions.All.FirstOrDefault(function => function.Trigger is HttpTriggerAttribute) is { } first)
        {
            throw new InvalidFunctionsException([$"{first.Name}: HTTP functions need builder.ConfigureFunctionsWebApplication() in Program."]);
        }

        var services = builder.Services;
        services.TryAddSingleton(options.Time ?? TimeProvider.System);
        services.AddCors();
        services.AddRouting();
        services.AddSingleton(functions);
        services.AddSingleton(FunctionKeys.Open(options.DataFolder));
        services.AddSingleton(provider => options.Signals ?? Signals(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AppSettings>();
        services.AddSingleton<CosmosConnections>();
        services.AddSingleton<PayloadConverter>();
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<HttpThrottle>(provider => new HttpThrottle(provider.GetRequiredService<HostSettings>().Http));
        services.AddSingleton<HttpFunctions>();
        services.AddSingleton<ListenerFactory>();
        services.AddSingleton(provider => provider.GetRequiredService<ListenerFactory>().Create());
        services.AddHostedService<TriggerService>();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = (options.StopWithin ?? StopWithin) - TriggerService.AfterDrain;
            host.ServicesStopConcurrently = true;
        });
    }

    public void Map(WebApplication application)
    {
        application.Services.GetRequiredService<HttpFunctions>().Map(application);
        var prefix = application.Services.GetRequiredService<HostSettings>().Http.RoutePrefix.Trim('/');
        application.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"functions listening on {application.Urls.First().Replace("localhost", "127.0.0.1", StringComparison.Ordinal)}/{prefix}"));
    }

    private static IStorageSignals Signals(IConfiguration configuration, TimeProvider time)
    {
        if (configuration[AppSettings.HostStorage] is not { Length: > 0 } connection || StorageEventSignals.GatewayOf(connection) is not { IsLoopback: true } gateway)
        {
            return new NoStorageSignals();
        }

        return new StorageEventSignals(gateway, time);
    }
}
