using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.Training.Online;

public sealed class OnlineTrainerTests
{
    private static readonly OnlineTrainerOptions Options = new()
    {
        MaxPending = 1_000,
        MaxRemembered = 1_000,
        MaxBatchAge = TimeSpan.FromSeconds(30),
        ValidationWindow = 500,
        MinCompared = 200,
        MinComparedOfHead = 80,
    };

    private static readonly DlrmTrainerOptions Training = new() { BatchSize = 32, DenseRate = 0.003f, MeanSteps = 10 };

    [Fact]
    public void The_same_log_gives_the_same_model()
    {
        var log = Log(300, seed: 1);
        var (one, other) = (World(), World(threads: 2));

        Run(one, log);
        Run(other, log);

        Assert.Equal(one.State(), other.State());
    }

    [Fact]
    public void A_trainer_that_stops_anywhere_and_is_restored_comes_to_the_same_model()
    {
        var log = Log(150, seed: 2);
        var whole = World();
        Run(whole, log);
        var expected = whole.State();

        Prop.ForAll(Gen.Choose(0, log.Count).ToArbitrary(), stop =>
        {
            var world = World();
            Run(world, [.. log.Take(stop)]);
            var (parts, rows) = (new MemoryStream(), new MemoryStream());
            foreach (var part in world.Trainer.Parts) part.Save(parts);
            world.Embeddings.Writer.WriteSnapshot(rows, Guid.NewGuid(), () => { });

            // What other folds keep comes from the same events; the trainer's own from its parts alone.
            var restored = World();
            foreach (var logged in log.Take(stop)) restored.Fold(logged);
            parts.Position = rows.Position = 0;
            restored.Embeddings.Writer.ReadSnapshot(rows);
            foreach (var part in restored.Trainer.Parts) part.Load(parts);
            Run(restored, [.. log.Skip(stop)]);
            return restored.State() == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Fact]
    public void Learning_follows_a_change_of_taste_that_a_frozen_model_does_not()
    {
        var world = World();
        Run(world, Log(1_500, seed: 3));
        var (learning, frozen) = (world.Trainer.Validation.Latest(Head.Finish)!.Auc, 0.0);
        Assert.True(learning > 0.75, $"AUC {learning:F3} before the change");

        foreach (var isFrozen in (bool[])[false, true])
        {
            var changed = World();
            Run(changed, Log(1_500, seed: 3));
            changed.Trainer.IsFrozen = isFrozen;
            Run(changed, Log(2_000, seed: 4, turned: true, day: 1));
            var auc = changed.Trainer.Validation.Latest(Head.Finish)!.Auc;
            if (isFrozen) frozen = auc;
            else learning = auc;
        }

        Assert.True(learning > 0.7, $"online {learning:F3}");
        Assert.True(learning > frozen + 0.2, $"online {learning:F3}, frozen {frozen:F3}");
    }

    [Fact]
    public void A_frozen_trainer_changes_nothing()
    {
        var world = World();
        Run(world, Log(100, seed: 5));
        world.Trainer.IsFrozen = true;
        var rows = world.Embeddings.Size().Rows;
        var steps = world.Dlrm.Steps;

        Run(world, Log(100, seed: 6, day: 1));

        Assert.Equal((rows, steps), (world.Embeddings.Size().Rows, world.Dlrm.Steps));
    }

    [Fact]
    public void A_model_that_is_worse_than_the_published_one_is_told_from_one_that_is_not()
    {
        var world = World(compares: true);
        var published = world.Published!;
        Run(world, Log(1_000, seed: 7));
        Assert.False(published.Judge().IsWorse);
        Publish(world);

        // Learning on, it is no worse.
        Run(world, Log(300, seed: 8, day: 1));
        var drift = published.Judge();
        Assert.False(drift.IsWorse, drift.ToString());
        Assert.True(double.IsFinite(drift.Published));

        // Spoilt, it is.
        foreach (ref var value in world.Dlrm.Weights.Tower2[(int)Head.Finish].Weight.Values.AsSpan()) value = -value * 3;
        Run(world, Log(100, seed: 9, day: 2));
        drift = published.Judge();
        Assert.True(drift.IsWorse, drift.ToString());
        Assert.Equal(Head.Finish, drift.Heads[0].Head);

        // Nothing new is known of it: it is as bad as it was.
        Assert.True(published.Judge().IsWorse);
        published.Forget();
        Assert.False(published.Judge().IsWorse);
    }

    [Fact]
    public void What_is_not_finite_is_dropped_and_counted_and_the_model_goes_on()
    {
        var world = World();
        Run(world, Log(100, seed: 10));
        var batches = world.Trainer.DroppedBatches;
        world.Embeddings.Writer.Put(world.Videos[0].Video, [.. Enumerable.Repeat(float.NaN, DlrmTrainerOptions.Table.Width)]);

        Run(world, [.. new WrittenLog("1", At(1)).Watch(TrainingWorld.VideoId(0)).Wait(TimeSpan.FromSeconds(5)).Watch(TrainingWorld.VideoId(1)).Events]);

        Assert.True(world.Trainer.DroppedBatches > batches);
        Assert.All(world.Dlrm.Weights.Tensors, tensor => Assert.All(tensor.Values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_person_who_left_has_no_row()
    {
        var world = World();
        Run(world, Log(50, seed: 11));
        var user = FeatureId.Of(Field.User, "viewer0");
        var row = new float[DlrmTrainerOptions.Table.Width];
        Assert.True(world.Embeddings.Writer.TryRead(user, row));

        world.Trainer.Forget(user);

        Assert.False(world.Embeddings.Writer.TryRead(user, row));
    }

    [Fact]
    public void Several_passes_over_a_written_log_are_deterministic_and_lower_the_loss()
    {
        var log = Log(400, seed: 12);
        var (one, other) = (Trained(1), Trained(2));

        Assert.Equal(one.Losses, other.Losses);
        Assert.True(one.Losses[^1] < one.Losses[0] * 0.95, string.Join(' ', one.Losses));
        Assert.Equal(one.World.State(), other.World.State());

        (TrainingWorld World, IReadOnlyList<double> Losses) Trained(int threads)
        {
            var world = World(threads: threads);
            var offline = new OfflineTrainer(world.Videos, world.Embeddings, world, null, world.Dlrm, Options);
            return (world, offline.Train(log, [new OthersAlone(world)], passes: 3, seed: 1));
        }
    }

    private static TrainingWorld World(int threads = 1, bool compares = false) => new(options: Options, training: Training with { Threads = threads }, compares: compares);

    private static void Run(TrainingWorld world, IReadOnlyList<LoggedInteraction> log)
    {
        foreach (var logged in log) world.Apply(logged);
    }

    private static void Publish(TrainingWorld world)
    {
        var rows = new MemoryStream();
        world.Embeddings.Writer.WriteSnapshot(rows, Guid.NewGuid(), () => { });
        rows.Position = 0;
        world.Published!.Table.Writer.ReadSnapshot(rows);
        world.Published.Take(world.Dlrm.Weights);
    }

    /// <summary>Two kinds of people and three kinds of videos; each kind finishes what it likes, and sometimes likes it.</summary>
    private static IReadOnlyList<LoggedInteraction> Log(int watches, int seed, bool turned = false, int day = 0)
    {
        var random = new Random(seed);
        var log = new WrittenLog($"{day}", At(day));
        for (var i = 0; i < watches; i++)
        {
            var (viewer, video) = (random.Next(8), random.Next(30));
            var isLiked = (video % 3 == viewer % 2) != turned;
            log.Wait(TimeSpan.FromSeconds(random.Next(3)));
            log.Watch(TrainingWorld.VideoId(video), $"viewer{viewer}", random.NextDouble() < (isLiked ? 0.9 : 0.1) ? 10_000 : 1_500, 10_000);
            if (isLiked && random.Next(3) == 0) log.Append(InteractionType.Like, TrainingWorld.VideoId(video), $"viewer{viewer}");
        }
        return log.Events;
    }

    private static DateTimeOffset At(int day) => new DateTimeOffset(2026, 3, 14, 9, 0, 0, TimeSpan.Zero).AddDays(day);

    private sealed class OthersAlone(TrainingWorld world) : TikTok.Ranker.State.IInteractionFold
    {
        public void Apply(LoggedInteraction logged) => world.Fold(logged);
    }
}
