using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TikTok.Functions.Platform;

/// <summary>What all features stand on.</summary>
public static class PlatformFeature
{
    /// <exception cref="InvalidOperationException">A secret setting is missing or not what it should be: the application must not start without.</exception>
    public static IServiceCollection AddPlatform(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(TimeProvider.System)
        .AddHttpClient()
        .AddSingleton(new TokenKeys(configuration["Jwt:SigningKey"], configuration["Jwt:VerifyingKeys"]))
        .AddSingleton(new PlatformSecret(configuration["Platform:Secret"]))
        .AddSingleton(TrustedProxies.From(configuration))
        .AddSingleton(new FunctionCatalog(typeof(PlatformFeature).Assembly))
        .AddSingleton<ApiDescription>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<Cursor>()
        .AddSingleton<LogReader>()
        .AddSingleton<VisibleVideos>()
        .AddSingleton<IdempotencyStore>()
        .AddSingleton(new RateLimits(configuration))
        .AddSingleton<LimitStore>()
        .AddSingleton<ILimitStore>(services => services.GetRequiredService<LimitStore>())
        .AddSingleton<RateLimiter>()
        .AddSingleton<RouteLimits>()
        .AddHostedService<LimitReports>()
        .AddSingleton<SweepReportStore>()
        .AddSingleton<DependencyHealth>();

    /// <summary>
    /// Outermost first: every execution is traced, every step's refusals become problem documents, every request counts, also one with a token that is not
    /// valid, only known callers reserve idempotency keys, and what a key answers from memory uses up no limit.
    /// </summary>
    public static IFunctionsWorkerApplicationBuilder UsePlatform(this IFunctionsWorkerApplicationBuilder builder) => builder
        .UseMiddleware<TraceMiddleware>()
        .UseMiddleware<ProblemMiddleware>()
        .UseMiddleware<CallerMiddleware>()
        .UseMiddleware<RequestLimitMiddleware>()
        .UseMiddleware<AccessMiddleware>()
        .UseMiddleware<AccountMiddleware>()
        .UseMiddleware<IdempotencyMiddleware>()
        .UseMiddleware<RouteLimitMiddleware>();
}
