using TikTok.Core;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Training.Online;

/// <summary>A trainer over a few videos, with the people and the statistics that its features are of kept as simply as can be.</summary>
internal sealed class TrainingWorld : IPersonViews, IInteractionFold
{
    private readonly Dictionary<long, List<HistoryEntry>> _histories = [];

    public TrainingWorld(int videos = 30, OnlineTrainerOptions? options = null, DlrmTrainerOptions? training = null, bool compares = false)
    {
        var time = new FakeTime();
        for (var i = 0; i < videos; i++)
        {
            ref var video = ref Videos.Add(VideoId(i), FeatureId.Of(Field.Creator, CreatorId(i)), out _);
            video.DurationMs = 10_000;
            video.Hashtags[0] = FeatureId.Of(Field.Hashtag, $"tag{i % 3}");
        }
        Embeddings = new EmbeddingTable(DlrmTrainerOptions.Table with { HashSeed = 1 }, time);
        Dlrm = new DlrmTrainer(Embeddings, training ?? new DlrmTrainerOptions { BatchSize = 32 });
        Published = compares ? new PublishedModel(new EmbeddingTable(DlrmTrainerOptions.Table with { HashSeed = 2 }, time), options ?? new OnlineTrainerOptions()) : null;
        Trainer = new OnlineTrainer(Videos, Embeddings, this, null, Dlrm, Published, options ?? new OnlineTrainerOptions { MaxPending = 1_000, MaxRemembered = 1_000 });
    }

    public VideoTable Videos { get; } = new();

    public EmbeddingTable Embeddings { get; }

    public DlrmTrainer Dlrm { get; }

    public PublishedModel? Published { get; }

    public OnlineTrainer Trainer { get; }

    public static string VideoId(int number) => Id.Format((UInt128)(number + 1));

    public static string CreatorId(int number) => $"creator{number % 5}";

    public void Read(long user, uint now, PersonView view)
    {
        view.Clear();
        view.User = user;
        if (!_histories.TryGetValue(user, out var history)) return;
        view.SetHistory([.. Enumerable.Reverse(history).Take(PersonView.HistoryCapacity)]);
        view.Swipes = history.Count;
    }

    /// <summary>The trainer first, then what it looks at.</summary>
    public void Apply(LoggedInteraction logged)
    {
        Trainer.Apply(logged);
        Fold(logged);
    }

    public void Fold(LoggedInteraction logged)
    {
        if (logged.Interaction is not { Type: InteractionType.Watch, Watch: { } watch } interaction) return;
        var row = Videos.Find(FeatureId.Of(Field.Video, interaction.VideoId));
        var ratio = Swipe.Ratio(watch.WatchDurationMs, watch.TotalDurationMs);
        var signals = ratio >= Swipe.FinishRatio ? SwipeSignals.Finished : Swipe.IsSkip(watch.WatchDurationMs, ratio) ? SwipeSignals.Skipped : SwipeSignals.None;
        ref var statistics = ref Videos.Write(row).Statistics;
        statistics.Impressions++;
        statistics.WatchRatio += ratio;
        var user = FeatureId.Of(Field.User, interaction.UserId);
        if (!_histories.TryGetValue(user, out var history)) _histories[user] = history = [];
        history.Add(new HistoryEntry(Videos[row].Video, ratio, signals, (uint)logged.EnqueuedAt.ToUnixTimeSeconds()));
    }

    public string State()
    {
        var stream = new MemoryStream();
        foreach (var part in Trainer.Parts) part.Save(stream);
        var row = new float[DlrmTrainerOptions.Table.Width];
        var ids = Enumerable.Range(0, Videos.Count).Select(i => Videos[i].Video).Concat(_histories.Keys.Order());
        return Convert.ToBase64String(stream.ToArray()) + string.Join('\n', ids.Select(id => Embeddings.Writer.TryRead(id, row) ? string.Join(' ', row) : "none"));
    }
}
