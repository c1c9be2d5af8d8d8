using Microsoft.Extensions.DependencyInjection;
using TikTok.Core;
using TikTok.Functions.Analytics.Creators;
using TikTok.Functions.Analytics.History;
using TikTok.Functions.Analytics.Projections;
using TikTok.Functions.Analytics.Rebuilding;
using TikTok.Functions.Analytics.Trending;

namespace TikTok.Functions.Analytics;

public static class AnalyticsFeature
{
    public static IServiceCollection AddAnalytics(this IServiceCollection services) => services
        .AddSingleton<ViewCountStore>()
        .AddSingleton<VideoDirectory>()
        .AddSingleton<ProjectionStateStore>()
        .AddSingleton<LiveEvents>()
        .AddSingleton<WatchStore>()
        .AddSingleton<WatchHistory>()
        .AddSingleton<TrendStore>()
        .AddSingleton<TrendRanking>()
        .AddSingleton<Trends>()
        .AddSingleton<CreatorStatsStore>()
        .AddSingleton<CreatorStatistics>()
        .AddSingleton(services => services.GetRequiredService<AzureClients>().InteractionsReader())
        .AddSingleton<IReadOnlyList<IProjection>>(services =>
            [services.GetRequiredService<WatchHistory>(), services.GetRequiredService<Trends>(), services.GetRequiredService<CreatorStatistics>()])
        .AddSingleton<Rebuild>();
}
