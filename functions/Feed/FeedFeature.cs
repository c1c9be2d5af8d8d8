using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Feed;

public static class FeedFeature
{
    /// <remarks>Setting <c>Ranker__Url</c>: the ranker container's internal address. <c>Ranker__DeadlineMs</c>: what it may take, default 50.</remarks>
    public static IServiceCollection AddFeed(this IServiceCollection services, IConfiguration configuration)
    {
        // One connection for all requests of this instance, whose loss is noticed within seconds. Without TLS there is nothing to agree on a version by: it is HTTP/2.
        services
            .AddHttpClient<RankerClient>(http =>
            {
                http.BaseAddress = new Uri(configuration["Ranker:Url"] ?? throw new InvalidOperationException("Setting 'Ranker__Url' is missing."));
                http.DefaultRequestVersion = HttpVersion.Version20;
                http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.EnableMultipleHttp2Connections = true;
                handler.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
                handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(2);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        return services
            .AddSingleton(new RankerOptions(TimeSpan.FromMilliseconds(configuration.GetValue("Ranker:DeadlineMs", 50))))
            .AddSingleton<RankerCircuit>()
            .AddSingleton<FeedSessionStore>()
            .AddSingleton<PageInvalidation>()
            .AddSingleton<Patience>()
            .AddSingleton<TrendingVideos>()
            .AddSingleton<PopularVideos>()
            .AddSingleton<FallbackFeed>()
            .AddSingleton<ForYouFeed>()
            .AddSingleton<FollowingFeed>();
    }
}
