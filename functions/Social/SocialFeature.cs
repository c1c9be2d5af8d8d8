using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Social;

public static class SocialFeature
{
    public static IServiceCollection AddSocial(this IServiceCollection services) => services
        .AddSingleton<EdgeStore>()
        .AddSingleton<SocialGraph>()
        .AddSingleton<People>();
}
