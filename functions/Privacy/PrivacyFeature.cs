using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Privacy.Sweeps;

namespace TikTok.Functions.Privacy;

/// <summary>Handing over and erasing what is kept about people.</summary>
public static class PrivacyFeature
{
    public static IServiceCollection AddPrivacy(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<VideoQueues>();
        services.TryAddSingleton<BlobSas>();

        // In the order of erasure: what can be seen goes first.
        services
            .AddSingleton<IPersonalData>(s => Documents(s, "account", Containers.Accounts, "userId", isExported: true, "passwordHash", "tokenHash"))
            .AddSingleton<IPersonalData, VideosOfPerson>()
            .AddSingleton<IPersonalData, CommentsOfPerson>()
            .AddSingleton<IPersonalData, LikesOfPerson>()
            .AddSingleton<IPersonalData, SharesOfPerson>()
            .AddSingleton<IPersonalData>(s => Documents(s, "relations", Containers.Edges, "userId", isExported: true))
            .AddSingleton<IPersonalData>(s => new EdgesOfOthers(
                Documents(s, "relationsOfOthers", Containers.Edges, "targetId", isExported: false), s.GetRequiredService<AccountEdgeStore>().RemoveToAsync))
            .AddSingleton<IPersonalData>(s => Documents(s, "followers", Containers.EdgesIn, "targetId", isExported: true))
            .AddSingleton<IPersonalData>(s => new EdgesOfOthers(
                Documents(s, "followersOfOthers", Containers.EdgesIn, "userId", isExported: false), s.GetRequiredService<FollowerStore>().RemoveFromAsync))
            .AddSingleton<IPersonalData>(s => Documents(s, "videoList", Containers.UserVideos, "userId", isExported: false))
            .AddSingleton<IPersonalData>(s => Documents(s, "watches", Containers.Watches, "userId", isExported: true))
            .AddSingleton<IPersonalData>(s => Documents(s, "creatorStats", Containers.CreatorStats, "userId", isExported: true))
            .AddSingleton<IPersonalData>(s => Documents(s, "feedSessions", Containers.FeedSessions, "userId", isExported: true))
            .AddSingleton<IPersonalData, LimitsOfPerson>()
            .AddSingleton<IPersonalData, ArchivesOfPerson>()
            .AddSingleton<IPersonalData, UsernameOfPerson>();

        return services
            .AddSingleton(PrivacyOptions.From(configuration))
            .AddSingleton<IPrivacyWork, Erasure>()
            .AddSingleton<IPrivacyWork, ArchiveMaking>()
            .AddSingleton<PrivacyWorker>()
            .AddSingleton<ISweep, IdlePrivacyRequests>()
            .AddSingleton<ISweep, ExpiredArchives>()
            .AddSingleton<Archives>();
    }

    private static DocumentsOfPerson Documents(
        IServiceProvider services, string name, string container, string property, bool isExported, params IReadOnlyList<string> omitted) =>
        new(services.GetRequiredService<CosmosClient>(), name, container, property, isExported, omitted);
}
