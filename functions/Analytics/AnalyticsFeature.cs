using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Analytics;

public static class AnalyticsFeature
{
    public static IServiceCollection AddAnalytics(this IServiceCollection services) => services.AddSingleton<ViewCountStore>();
}
