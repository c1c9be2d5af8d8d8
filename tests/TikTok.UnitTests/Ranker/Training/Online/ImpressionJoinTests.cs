using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.Training.Online;

public sealed class ImpressionJoinTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly WrittenLog _log = new();
    private readonly Sink _sink = new();

    [Fact]
    public void A_watch_is_passed_on_at_once_with_how_long_it_was_watched()
    {
        _log.Watch(Video(1), watchedMs: 9_800, totalMs: 10_000).Watch(Video(2), watchedMs: 1_000, totalMs: 10_000).Watch(Video(3), watchedMs: 50_000, totalMs: 10_000);

        Run();

        var watched = _sink.Of(ExampleKind.Watched);
        Assert.Equal([1f, 0, 1], watched.Select(e => e.Labels[(int)Head.Finish]));
        Assert.Equal([0.49f, 0.05f, 1], watched.Select(e => e.Labels[(int)Head.WatchRatio]));
        Assert.Equal([0f, 1, 0], watched.Select(e => e.Labels[(int)Head.Skip]));
        Assert.All(watched, e => Assert.Equal([1f, 1, 0, 0, 0, 0, 1], e.Weights));
    }

    [Fact]
    public void What_followed_within_the_window_is_passed_on_when_it_closes()
    {
        _log.Watch(Video(1)).Wait(Minute).Append(InteractionType.Like, Video(1)).Append(InteractionType.Share, Video(1))
            .Append(InteractionType.Follow, null, targetUserId: TrainingWorld.CreatorId(1)).Watch(Video(2)).Wait(9 * Minute - Second).Watch(Video(3));
        Run();
        Assert.Empty(_sink.Of(ExampleKind.Closed));

        _log.Wait(Second).Watch(Video(4)).Wait(20 * Minute).Watch(Video(5));
        _sink.Taken.Clear();
        Run();

        var closed = _sink.Of(ExampleKind.Closed);
        Assert.Equal([Video(1), Video(2), Video(3), Video(4)], closed.Select(e => e.Video));
        Assert.Equal([0f, 0, 1, 1, 0, 1, 0], closed[0].Labels.Select((label, head) => closed[0].Weights[head] * label));
        Assert.All(closed, e => Assert.Equal([0f, 0, 1, 1, 1, 1, 0], e.Weights));
        Assert.All(closed.Skip(1), e => Assert.Equal(0, e.Labels[(int)Head.Like]));
    }

    [Fact]
    public void An_action_that_the_log_has_before_its_watch_belongs_to_it_all_the_same()
    {
        _log.Append(InteractionType.Like, Video(1)).Append(InteractionType.Comment, Video(1)).Wait(15 * Second).Watch(Video(1))
            .Append(InteractionType.Like, Video(2)).Wait(11 * Minute).Watch(Video(2)).Wait(11 * Minute).Watch(Video(3));

        Run();

        var closed = _sink.Of(ExampleKind.Closed);
        Assert.Equal([1f, 0], closed.Select(e => e.Labels[(int)Head.Like]));
        Assert.Equal([1f, 0], closed.Select(e => e.Labels[(int)Head.Comment]));
    }

    [Fact]
    public void A_like_taken_back_within_the_window_was_none()
    {
        _log.Watch(Video(1)).Append(InteractionType.Like, Video(1)).Wait(Minute).Append(InteractionType.Unlike, Video(1))
            .Append(InteractionType.Like, Video(2)).Append(InteractionType.Unlike, Video(2)).Watch(Video(2)).Wait(20 * Minute).Watch(Video(3));

        Run();

        Assert.All(_sink.Of(ExampleKind.Closed), e => Assert.Equal(0, e.Labels[(int)Head.Like]));
    }

    [Fact]
    public void An_action_after_the_window_is_a_positive_of_its_own()
    {
        _log.Watch(Video(1)).Wait(30 * Minute).Append(InteractionType.Like, Video(1));

        Run(options: new OnlineTrainerOptions { LateWeight = 0.7f });

        var late = Assert.Single(_sink.Of(ExampleKind.Late));
        Assert.Equal(Video(1), late.Video);
        Assert.Equal([0f, 0, 1, 0, 0, 0, 0], late.Labels);
        Assert.Equal([0f, 0, 0.7f, 0, 0, 0, 0], late.Weights);
    }

    [Fact]
    public void An_action_a_day_later_or_without_any_watch_teaches_nothing()
    {
        _log.Watch(Video(1)).Wait(25 * 60 * Minute).Append(InteractionType.Like, Video(1)).Append(InteractionType.Like, Video(2)).Wait(30 * Minute).Watch(Video(3));

        Run();

        Assert.Empty(_sink.Of(ExampleKind.Late));
        Assert.Equal(0, Assert.Single(_sink.Of(ExampleKind.Closed)).Labels[(int)Head.Like]);
    }

    [Fact]
    public void Another_persons_like_belongs_to_their_own_impression()
    {
        _log.Watch(Video(1), "ada").Watch(Video(1), "bob").Append(InteractionType.Like, Video(1), "bob").Wait(20 * Minute).Watch(Video(2));

        Run();

        Assert.Equal([0f, 1], _sink.Of(ExampleKind.Closed).Select(e => e.Labels[(int)Head.Like]));
    }

    [Fact]
    public void Features_are_of_the_moment_before_the_watch()
    {
        _log.Watch(Video(1)).Watch(Video(1)).Wait(20 * Minute).Watch(Video(2));

        Run();

        var watched = _sink.Of(ExampleKind.Watched);
        var closed = _sink.Of(ExampleKind.Closed);
        Assert.Equal(0, watched[0].UserDense[(int)UserFeature.Swipes]);
        Assert.True(watched[1].UserDense[(int)UserFeature.Swipes] > 0);
        Assert.Equal(0, watched[0].VideoDense[(int)VideoFeature.Impressions]);
        Assert.True(watched[1].VideoDense[(int)VideoFeature.Impressions] > 0);
        Assert.Equal(watched.Take(2).Select(e => e.VideoDense), closed.Select(e => e.VideoDense));
    }

    [Fact]
    public void Memory_is_bounded_by_closing_the_oldest_windows_early()
    {
        for (var i = 0; i < 100; i++) _log.Watch(Video(i % 30), $"viewer{i}");

        var join = Run(options: new OnlineTrainerOptions { MaxPending = 10, MaxRemembered = 10 });

        Assert.Equal(10, join.Open);
        Assert.Equal((100, 90), (join.Counters.Impressions, join.Counters.ClosedEarly));
        Assert.Equal(Enumerable.Range(0, 90).Select(i => Video(i % 30)), _sink.Of(ExampleKind.Closed).Select(e => e.Video));
    }

    [Fact]
    public void A_video_that_is_not_known_is_passed_over_and_counted()
    {
        _log.Watch(Video(999));

        var join = Run();

        Assert.Empty(_sink.Taken);
        Assert.Equal(1, join.Counters.Unknown);
    }

    [Fact]
    public void Nothing_more_is_learned_from_a_person_who_left()
    {
        _log.Watch(Video(1), "ada").Watch(Video(2), "bob");
        var (world, join) = Join(new OnlineTrainerOptions());
        foreach (var logged in _log.Events) Feed(world, join, logged);

        join.Forget(FeatureId.Of(Field.User, "ada"));
        _log.Wait(20 * Minute).Watch(Video(3), "bob");
        Feed(world, join, _log.Events[^1]);

        Assert.Equal([Video(2)], _sink.Of(ExampleKind.Closed).Select(e => e.Video));
    }

    [Fact]
    public void A_restored_join_passes_on_what_the_other_would_have()
    {
        _log.Append(InteractionType.Like, Video(5)).Watch(Video(1)).Append(InteractionType.Like, Video(1)).Watch(Video(2)).Wait(15 * Minute).Watch(Video(3))
            .Append(InteractionType.Like, Video(4)).Watch(Video(1), "bob");
        var (world, join) = Join(new OnlineTrainerOptions());
        foreach (var logged in _log.Events) Feed(world, join, logged);
        var saved = new MemoryStream();
        join.Save(saved);
        var (_, restored) = Join(new OnlineTrainerOptions(), world);
        saved.Position = 0;
        restored.Load(saved);

        _log.Append(InteractionType.Like, Video(2)).Append(InteractionType.Like, Video(3)).Watch(Video(4)).Wait(20 * Minute).Watch(Video(6));
        _sink.Taken.Clear();
        foreach (var logged in _log.Events.Skip(7)) join.Apply(logged);
        Example[] expected = [.. _sink.Taken];
        _sink.Taken.Clear();
        foreach (var logged in _log.Events.Skip(7)) restored.Apply(logged);

        Assert.Contains(expected, e => e.Kind == ExampleKind.Late);
        Assert.Contains(expected, e => e.Kind == ExampleKind.Closed && e.Labels[(int)Head.Like] == 1 && e.Video == Video(4));
        Assert.Equal(expected.Select(e => e.ToString()), _sink.Taken.Select(e => e.ToString()));
    }

    private static string Video(int number) => TrainingWorld.VideoId(number);

    private ImpressionJoin Run(OnlineTrainerOptions? options = null)
    {
        var (world, join) = Join(options ?? new OnlineTrainerOptions());
        foreach (var logged in _log.Events) Feed(world, join, logged);
        return join;
    }

    private (TrainingWorld World, ImpressionJoin Join) Join(OnlineTrainerOptions options, TrainingWorld? world = null)
    {
        world ??= new TrainingWorld();
        _sink.Videos = world.Videos;
        options = options.MaxPending == new OnlineTrainerOptions().MaxPending ? options with { MaxPending = 100, MaxRemembered = 100 } : options;
        return (world, new ImpressionJoin(world.Videos, new FeatureExtractor(world.Videos, world.Embeddings), world, null, _sink, options));
    }

    private static void Feed(TrainingWorld world, ImpressionJoin join, LoggedInteraction logged)
    {
        join.Apply(logged);
        if (logged.Interaction.VideoId is not { } id || world.Videos.Find(FeatureId.Of(Field.Video, id)) >= 0) world.Apply(logged);
    }

    private sealed class Sink : IExampleSink
    {
        public TikTok.Ranker.Videos.VideoTable Videos { get; set; } = new();

        public List<Example> Taken { get; } = [];

        public IReadOnlyList<Example> Of(ExampleKind kind) => [.. Taken.Where(example => example.Kind == kind)];

        public void Take(Examples examples, int place, ExampleKind kind, uint now) => Taken.Add(new Example(
            kind, Videos.IdOf(Videos.Find(examples.Ids(place)[EmbeddingSlots.Video])), [.. examples.Labels(place)], [.. examples.Weights(place)],
            [.. examples.UserDense(place)], [.. examples.VideoDense(place)]));
    }

    private sealed record Example(ExampleKind Kind, string Video, float[] Labels, float[] Weights, float[] UserDense, float[] VideoDense)
    {
        public override string ToString() =>
            $"{Kind} {Video} {string.Join(' ', Labels)} / {string.Join(' ', Weights)} / {string.Join(' ', UserDense)} / {string.Join(' ', VideoDense)}";
    }
}
