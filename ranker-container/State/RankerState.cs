using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Experiments;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.State;

/// <summary>The state that both roles keep: everything that a request reads, in memory.</summary>
public static class RankerState
{
    private const int MinThreads = 32;

    /// <summary>Registers the state and what reads it. The caller registers a <see cref="TimeProvider"/>.</summary>
    /// <param name="formats">Of the embeddings: the trainer needs <see cref="RowFormats.Single"/>, a server does with <see cref="RowFormats.Half"/>.</param>
    public static IServiceCollection AddRankerState(this IServiceCollection services, RowFormats formats, TowerOptions? towers = null) => services
        .AddSingleton<VideoTable>()
        .AddSingleton<VideoFold>()
        .AddSingleton<StatisticsFold>()
        .AddSingleton(new PersonTableOptions())
        .AddSingleton<PersonTable>()
        .AddSingleton<IPersonViews>(all => all.GetRequiredService<PersonTable>())
        .AddSingleton<PeopleFold>()
        .AddSingleton(all => new TowerTable(towers ?? new TowerOptions(), formats, all.GetRequiredService<TimeProvider>()))
        .AddSingleton<VideoSpace>()
        .AddSingleton<INearestVideos>(all => all.GetRequiredService<VideoSpace>())
        .AddSingleton<IVideoListener>(all => all.GetRequiredService<VideoSpace>())
        .AddSingleton<SpaceRenewal>()
        .AddSingleton<SpaceSnapshot>()
        .AddSingleton(new PoolOptions())
        .AddSingleton<PoolRenewal>()
        .AddSingleton(new CoWatchOptions())
        .AddSingleton<CoWatches>()
        .AddSingleton(new RetrievalOptions())
        .AddSingleton<Retriever>()
        .AddSingleton(all => new EmbeddingTable(DlrmTrainerOptions.Table with { Formats = formats }, all.GetRequiredService<TimeProvider>()))
        .AddSingleton<FeatureExtractor>()
        .AddSingleton<RankingModelSlot>();

    /// <summary>Registers what answers requests over the state. The caller registers an <see cref="IPersonSource"/> and an <see cref="IConfiguration"/>.</summary>
    public static IServiceCollection AddRanking(this IServiceCollection services)
    {
        // A stage that hangs keeps its thread. The thread pool's first threads are as many as there are cores, and more come slowly: the answer would wait for one.
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, MinThreads), ports);
        return services
            .AddSingleton(all => new RequestBuffersPool(all.GetRequiredService<INearestVideos>().Dimensions))
            .AddSingleton(new Admission(Environment.ProcessorCount))
            .AddSingleton<RankingExperiments>()
            .AddSingleton<RankPipeline>()
            .AddSingleton<RankService>()
            .AddSingleton<Explainer>()
            .AddSingleton<Readiness>();
    }
}
