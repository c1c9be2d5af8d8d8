using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Feed;

public static class FeedFeature
{
    /// <remarks>Setting <c>Ranker__Url</c>: the ranker container's internal address. <c>Ranker__DeadlineMs</c>: what it may take, default 50.</remarks>
    public static IServiceCollection AddFeed(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHttpClient<RankerClient>(http =>
        {
            http.BaseAddress = new Uri(configuration["Ranker:Url"] ?? throw new InvalidOperationException("Setting 'Ranker__Url' is missing."));
            http.DefaultRequestVersion = System.Net.HttpVersion.Version11;
        });
        return services
            .AddSingleton(new RankerOptions(TimeSpan.FromMilliseconds(configuration.GetValue("Ranker:DeadlineMs", 50))))
            .AddSingleton<RankerCircuit>()
            .AddSingleton<FeedSessionStore>()
            .AddSingleton<PopularVideos>()
            .AddSingleton<ForYouFeed>()
            .AddSingleton<FollowingFeed>();
    }
}
