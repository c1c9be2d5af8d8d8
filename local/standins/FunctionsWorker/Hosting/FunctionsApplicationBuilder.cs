using System.Text.Json;
using Azure.Core.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>
/// Gathers an isolated worker's services, settings and middleware. In Azure the built host answers the Functions host over gRPC; here it
/// carries the services of the local Functions host, which announces itself in <see cref="WorkerHosting"/> before it runs <c>Program</c>.
/// </summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly IWorkerHosting? _hosting = WorkerHosting.Current;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    private bool _built;

    internal FunctionsApplicationBuilder(string[]? args)
    {
        _web = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = System.Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? Environments.Production,
        });
        Services.Configure<JsonSerializerOptions>(options => options.PropertyNameCaseInsensitive = true);
        Services.AddSingleton<IPostConfigureOptions<WorkerOptions>, DefaultSerializer>();
        Services.AddSingleton<IFunctionsWorkerApplicationBuilder>(this);
        Services.AddSingleton(_ => Pipeline());
        Services.TryAddSingleton<IFunctionActivator, ServiceActivator>();
        Services.TryAddSingleton<IFunctionExecutor, MethodExecutor>();
        _hosting?.Configure(_web);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    internal bool IsWeb { get; private set; }

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _middleware.Add(middleware);
        return this;
    }

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    /// <exception cref="InvalidOperationException">No Functions host started this process, or it was built before.</exception>
    public IHost Build()
    {
        if (_hosting is null)
        {
            throw new InvalidOperationException(
                "A Functions worker does not run by itself: its host starts it. On this machine that is the local service; start it with `local/up`.");
        }

        ThrowIfBuilt();
        this.UseFunctionExecutionMiddleware();
        _built = true;
        _hosting.AddServices(_web, IsWeb);
        var application = _web.Build();
        _hosting.Map(application);
        return application;
    }

    internal void UseWeb()
    {
        if (!IsWeb)
        {
            IsWeb = true;
            this.UseMiddleware<HttpResultMiddleware>();
        }
    }

    private void ThrowIfBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The application was built already.");
        }
    }

    private FunctionExecutionDelegate Pipeline() =>
        Enumerable.Reverse(_middleware).Aggregate<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>, FunctionExecutionDelegate>(
            _ => Task.CompletedTask,
            (next, step) => step(next));

    private sealed class DefaultSerializer(IOptions<JsonSerializerOptions> json) : IPostConfigureOptions<WorkerOptions>
    {
        public void PostConfigure(string? name, WorkerOptions options) => options.Serializer ??= new JsonObjectSerializer(json.Value);
    }
}

/// <summary>Switches HTTP functions to ASP.NET Core's request and result types.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.UseWeb();
        return builder;
    }
}
