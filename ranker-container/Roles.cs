using TikTok.Ranker.Embeddings;
using TikTok.Ranker.People;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Training.Towers;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker;

/// <summary>The two roles of the program. Both keep the same state; one learns from it and publishes, the other answers requests.</summary>
public static class Roles
{
    /// <summary>The first argument of the role that learns.</summary>
    public const string Train = "train";

    public static IServiceCollection AddTrainerRole(this IServiceCollection services, string directory) => services
        .AddTrainer(directory)
        .AddRankerState(RowFormats.Single)
        .AddSingleton(new OnlineTowerOptions())
        .AddSingleton<PublishedTowers>()
        .AddSingleton<OnlineTowerTrainer>()
        .AddSingleton<IPersonMemory, TrainerMemory>()
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<OnlineTowerTrainer>())
        .AddSingleton<IInteractionFold>(all => all.GetRequiredService<OnlineTowerTrainer>())
        .AddFirstTowers()
        .AddFeeds()
        .AddSingleton<IInteractionFold, ActivePeople>()
        .AddSingleton<Readiness>()
        .AddReadiness("videos", all => all.GetRequiredService<VideoFeed>().IsReady)
        .AddReadiness("index", all => all.GetRequiredService<VideoSpace>().IsReady);

    public static IServiceCollection AddServerRole(this IServiceCollection services, string directory) => services
        .AddModelFollower(directory, file => RankingModels.Load(file))
        .AddRankerState(RowFormats.Half)
        .AddFeeds()
        .AddRanking()
        .AddSingleton<IPersonSource>(all => all.GetRequiredService<FeatureStore>())
        .AddReadiness("videos", all => all.GetRequiredService<VideoFeed>().IsReady)
        .AddReadiness("index", all => all.GetRequiredService<VideoSpace>().IsReady)
        .AddReadiness("log", all => all.GetRequiredService<LogFollower>().IsCaughtUp)
        .AddReadiness("models", all => all.GetRequiredService<ModelFollower>().IsReady)
        .AddHostedService(all => all.GetRequiredService<PoolRenewal>())
        .AddSingleton<WarmUp>()
        .AddHostedService(all => all.GetRequiredService<WarmUp>())
        .AddReadiness("first requests", all => all.GetRequiredService<WarmUp>().IsDone);

    private static IServiceCollection AddFirstTowers(this IServiceCollection services) => services
        .AddSingleton(all => all.GetRequiredService<IConfiguration>().GetSection("Towers").Get<OfflineTowerOptions>() ?? new OfflineTowerOptions())
        .AddSingleton(all => new LikedVideos(all.GetRequiredService<VideoTable>(), all.GetRequiredService<OnlineTowerOptions>().LikedFrom))
        .AddSingleton<IInteractionFold>(all => all.GetRequiredService<LikedVideos>())
        .AddSingleton(all => new OfflineTowers(
            all.GetRequiredService<VideoTable>(), all.GetRequiredService<TowerTable>(), all.GetRequiredService<VideoSpace>(), all.GetRequiredService<OfflineTowerOptions>(),
            line => all.GetRequiredService<ILogger<OfflineTowers>>().LogInformation("Towers: {Line}", line)))
        .AddSingleton<FeatureContexts>()
        .AddHostedService<ContextRenewal>()
        .AddSingleton<FirstTowers>()
        .AddHostedService(all => all.GetRequiredService<FirstTowers>());

    /// <summary>What fills the state, and what of it is saved: each part after those it refers to, each fold after those that must see the state of before the event.</summary>
    private static IServiceCollection AddFeeds(this IServiceCollection services) => services
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<VideoFold>())
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<StatisticsFold>())
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<CoWatches>())
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<PersonTable>())
        .AddSingleton<ISnapshotPart>(all => all.GetRequiredService<SpaceSnapshot>())
        .AddSingleton<IInteractionFold>(all => all.GetRequiredService<StatisticsFold>())
        .AddSingleton<IInteractionFold>(all => all.GetRequiredService<CoWatches>())
        .AddSingleton<IInteractionFold>(all => all.GetRequiredService<PeopleFold>())
        .AddSingleton<IPersonMemory>(all => all.GetRequiredService<PersonTable>())
        .AddSingleton<IPersonMemory>(all => all.GetRequiredService<StatisticsFold>())
        .AddSingleton<IPersonMemory>(all => all.GetRequiredService<CoWatches>())
        .AddSingleton(all => new PublishedTable(TowerTable.Name, all.GetRequiredService<TowerTable>().Writer, all.GetRequiredService<TowerTable>().Changed, all.GetService<PublishedTowers>()))
        .AddSingleton<IPersonReader, CosmosPersonReader>()
        .AddSingleton(new FeatureStoreOptions())
        .AddSingleton<FeatureStore>()
        .AddSingleton<VideoFeed>()
        .AddHostedService(all => all.GetRequiredService<VideoFeed>())
        .AddHostedService(all => all.GetRequiredService<SpaceRenewal>())
        .AddHostedService<ErasureFeed>();

    private static IServiceCollection AddReadiness(this IServiceCollection services, string name, Func<IServiceProvider, bool> isReady) =>
        services.AddSingleton(all => new ReadinessPart(name, () => isReady(all)));
}
