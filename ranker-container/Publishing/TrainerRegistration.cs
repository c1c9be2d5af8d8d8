using TikTok.Core;
using TikTok.Core.Storage;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Publishing;

/// <summary>Registers the trainer, and what a server follows it by.</summary>
public static class TrainerRegistration
{
    /// <summary>How far back the log reaches (infra/modules/eventhubs.bicep): without a snapshot, what happened since is learned from it.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    extension(IServiceCollection services)
    {
        /// <summary>
        /// Registers the role that learns. The caller registers the state: <see cref="VideoTable"/>, <see cref="VideoFold"/> and <see cref="VideoFeed"/>, an
        /// <see cref="EmbeddingTable"/> as <see cref="DlrmTrainerOptions.Table"/>, <see cref="IPersonViews"/>, <see cref="INearestVideos"/>; every other
        /// <see cref="IInteractionFold"/> in the order in which they are told of events; every other <see cref="ISnapshotPart"/>; and every other
        /// <see cref="PublishedTable"/>. <see cref="StateRestore"/> is registered here as the first service: other services come after this call.
        /// </summary>
        /// <param name="directory">Of this machine; may be empty at each start.</param>
        public IServiceCollection AddTrainer(string directory) => services
            .AddStateRestore(directory, trains: true)
            .AddSingleton(new DlrmTrainerOptions())
            .AddSingleton(new OnlineTrainerOptions())
            .AddSingleton(all => all.GetRequiredService<IConfiguration>().GetSection("Trainer").Get<ModelPublisherOptions>() ?? new ModelPublisherOptions())
            .AddSingleton<DlrmTrainer>()
            .AddSingleton(all => new PublishedModel(
                new EmbeddingTable(DlrmTrainerOptions.Table with { Formats = RowFormats.Half }, all.GetRequiredService<TimeProvider>()), all.GetRequiredService<OnlineTrainerOptions>()))
            .AddSingleton(all => new OnlineTrainer(
                all.GetRequiredService<VideoTable>(), all.GetRequiredService<EmbeddingTable>(), all.GetRequiredService<IPersonViews>(), all.GetService<INearestVideos>(),
                all.GetRequiredService<DlrmTrainer>(), all.GetRequiredService<PublishedModel>(), all.GetRequiredService<OnlineTrainerOptions>()))
            .AddSingleton<RankingGuard>()
            .AddLogFollower(Hubs.ConsumerGroups.RankerTrainer, all => [all.GetRequiredService<OnlineTrainer>(), .. all.GetServices<IInteractionFold>()])
            .AddSingleton(all => new ModelPublisher(
                all.GetRequiredService<OnlineTrainer>(), Tables(all), all.GetRequiredService<IModelFiles>(), Path.Combine(directory, "publishing"),
                all.GetRequiredService<ModelPublisherOptions>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<ModelPublisher>>()))
            .AddSingleton(all => ActivatorUtilities.CreateInstance<TrainerService>(all, SnapshotParts(all, trains: true)))
            .AddHostedService(all => all.GetRequiredService<TrainerService>());

        /// <summary>
        /// Registers what a server keeps its state and its models by. The caller registers the same state as for the trainer and a <see cref="Ranking.RankingModelSlot"/>;
        /// its <see cref="EmbeddingTable"/> may be of other formats.
        /// </summary>
        /// <param name="directory">Of this machine; may be empty at each start.</param>
        /// <param name="load">Makes a model of an ONNX file.</param>
        public IServiceCollection AddModelFollower(string directory, Func<byte[], Ranking.IRankingModel> load) => services
            // Of the state it needs nothing, and both take seconds: side by side.
            .AddHostedService(all => all.GetRequiredService<ModelFollower>())
            .AddStateRestore(directory, trains: false)
            .AddSingleton(all => all.GetRequiredService<IConfiguration>().GetSection("Follower").Get<ModelFollowerOptions>() ?? new ModelFollowerOptions())
            .AddLogFollower(Hubs.ConsumerGroups.RankerServer, all => [.. all.GetServices<IInteractionFold>()])
            .AddSingleton(all => new ModelFollower(
                all.GetRequiredService<IModelFiles>(), Tables(all), load, all.GetRequiredService<Ranking.RankingModelSlot>(), Path.Combine(directory, "following"),
                all.GetRequiredService<ModelFollowerOptions>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<ModelFollower>>()));

        private IServiceCollection AddStateRestore(string directory, bool trains) => services
            .AddSingleton<IModelFiles>(all => new BlobModelFiles(
                new AzureClients(all.GetRequiredService<IConfiguration>()).Blobs().GetBlobContainerClient(BlobContainers.Models)))
            .AddSingleton<LogCursor>()
            .AddSingleton(all => new StateSnapshots(Path.Combine(directory, "state"), all.GetRequiredService<TimeProvider>()))
            .AddSingleton<StateSnapshotFiles>()
            .AddSingleton(all => ActivatorUtilities.CreateInstance<StateRestore>(all, SnapshotParts(all, trains), Beginning(all)))
            .AddHostedService(all => all.GetRequiredService<StateRestore>());

        private IServiceCollection AddLogFollower(string group, Func<IServiceProvider, IReadOnlyList<IInteractionFold>> folds) => services
            .AddSingleton(all => new LogFollower(
                new AzureClients(all.GetRequiredService<IConfiguration>()).InteractionsReader(group), all.GetRequiredService<LogCursor>(), folds(all),
                all.GetRequiredService<VideoFeed>().WhenReadyAsync, all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<LogFollower>>()))
            .AddHostedService(all => all.GetRequiredService<LogFollower>());
    }

    /// <summary>What a role keeps in a snapshot, or takes of one. The videos first: others refer to their rows. A server's tables come by publication, and newer than a snapshot has them.</summary>
    public static IReadOnlyCollection<ISnapshotPart> SnapshotParts(IServiceProvider all, bool trains)
    {
        IReadOnlyCollection<ISnapshotPart> state =
            [all.GetRequiredService<VideoFold>(), .. all.GetServices<ISnapshotPart>().Where(part => part is not VideoFold), all.GetRequiredService<LogCursor>()];
        if (!trains) return state;
        return [.. state, .. all.GetRequiredService<OnlineTrainer>().Parts, .. Tables(all).Select(table => new EmbeddingsPart($"{table.Name}-table", table.Writer))];
    }

    private static IReadOnlyList<PublishedTable> Tables(IServiceProvider all) =>
        [new PublishedTable(PublishedTable.Ranking, all.GetRequiredService<EmbeddingTable>().Writer, Guard: all.GetService<RankingGuard>()), .. all.GetServices<PublishedTable>()];

    private static Action Beginning(IServiceProvider all) =>
        () => all.GetRequiredService<VideoFold>().LogFrom = all.GetRequiredService<TimeProvider>().GetUtcNow() - Retention;
}
