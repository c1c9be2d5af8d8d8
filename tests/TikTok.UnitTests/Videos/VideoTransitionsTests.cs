using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Videos.Processing;
using static TikTok.UnitTests.Videos.VideoScenario;

namespace TikTok.UnitTests.Videos;

public sealed class VideoTransitionsTests
{
    [Fact]
    public void Processing_begins_when_both_halves_are_there_whichever_came_first()
    {
        Assert.Equal(VideoStatus.Uploading, Begun().Tell(Land()).Status);
        Assert.Equal(VideoStatus.Uploading, Begun().Tell(Complete()).Status);
        Assert.Equal(VideoStatus.Processing, Begun().Tell(Land(), Complete()).Status);
        Assert.Equal(VideoStatus.Processing, Begun().Tell(Complete(), Land()).Status);
    }

    [Fact]
    public void The_lowest_rendition_publishes_and_later_ones_join_in_order()
    {
        var low = Begun().Tell(Land(), Complete(), Probed(), Plays(240));
        var all = low.Tell(Plays(1080), Plays(480), Plays(1080));

        Assert.Equal(VideoStatus.Ready, low.Status);
        Assert.Equal(Now, low.PublishedAt);
        Assert.Equal(["240p", "480p", "1080p"], all.Renditions.Select(r => r.Name));
    }

    [Fact]
    public void Progress_never_goes_back_and_is_whole_only_at_the_end()
    {
        var video = Begun().Tell(Land(), Complete(), Probed());
        var progress = new[] { 10, 40, 30, 100 }.Select(p => (video = video.Tell(Step(VideoStepNames.Transcode, StepOutcome.Progress, progress: p))).Progress);

        Assert.Equal([10, 40, 40, 99], progress.ToList());
        Assert.Equal(100, video.Tell(Step(VideoStepNames.Transcode)).Progress);
    }

    [Fact]
    public void A_blob_larger_than_declared_fails_with_a_reason()
    {
        var video = Begun().Tell(Complete(), Land(bytes: 1_001));

        Assert.Equal(VideoStatus.Failed, video.Status);
        Assert.NotNull(video.Reason);
        Assert.Equal([VideoWork.RemoveUpload], VideoWorkload.Outstanding(video));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(600_001)]
    public void A_probed_duration_outside_the_limits_fails_and_is_not_encoded(long durationMs)
    {
        var video = Begun().Tell(Land(), Complete(), Probed(durationMs));

        Assert.Equal(VideoStatus.Failed, video.Status);
        Assert.Contains("allowed", video.Reason!, StringComparison.Ordinal);
        Assert.DoesNotContain(VideoWork.Transcode, VideoWorkload.Outstanding(video));
    }

    [Fact]
    public void A_failure_does_not_take_down_what_plays()
    {
        var video = Begun().Tell(HalfSuccess());

        Assert.Equal(VideoStatus.Ready, video.Status);
        Assert.Null(video.Reason);
        Assert.NotNull(video.Failure);
    }

    [Fact]
    public void Failed_thumbnails_do_not_fail_the_video() =>
        Assert.Equal(VideoStatus.Processing, Begun().Tell(Land(), Complete(), Probed(), Step(VideoStepNames.Thumbnails, StepOutcome.Failed, "no")).Status);

    [Fact]
    public void Words_may_change_until_processing_begins_and_not_by_complete_after()
    {
        Func<Video, Video> again = v => VideoTransitions.Complete(v, new VideoWords { Title = "Other words", Visibility = Visibility.Private }, Now);

        Assert.Equal("Other words", Begun().Tell(Complete(), again).Title);
        Assert.Equal("A clip", Begun().Tell(Complete(), Land(), again).Title);
    }

    [Fact]
    public void A_blob_committed_again_after_the_end_is_removed_again()
    {
        var over = Begun().Tell(Success()).Drain();

        Assert.Empty(VideoWorkload.Outstanding(over));
        Assert.Equal([VideoWork.RemoveUpload], VideoWorkload.Outstanding(over.Tell(Land())));
    }

    [Fact]
    public void A_changed_visibility_asks_for_a_move_once_the_encoder_is_done()
    {
        var hidden = new VideoWords { Visibility = Visibility.Private };
        var early = hidden.ApplyTo(Begun().Tell(Land(), Complete(), Probed(), Plays(240)).Drain());
        var late = hidden.ApplyTo(Begun().Tell(Success()).Drain());

        Assert.Empty(VideoWorkload.Outstanding(early));
        Assert.Contains(VideoWork.MoveMedia, VideoWorkload.Outstanding(early.Tell(Step(VideoStepNames.Transcode))));
        Assert.Equal([VideoWork.MoveMedia], VideoWorkload.Outstanding(late));
        Assert.Equal(BlobContainers.PrivateMedia, late.Drain().MediaContainer);
    }

    [Fact]
    public void A_creator_who_becomes_private_or_public_asks_for_a_move_once_the_encoder_is_done()
    {
        var ready = Begun().Tell(Success()).Drain();

        var hidden = VideoTransitions.Credit(ready, Creator(1, isPrivate: true));
        var shown = VideoTransitions.Credit(hidden.Drain(), Creator(2, isPrivate: false));

        Assert.Equal([VideoWork.MoveMedia], VideoWorkload.Outstanding(hidden));
        Assert.Equal((false, BlobContainers.PrivateMedia), (hidden.IsListed, hidden.Drain().MediaContainer));
        Assert.Equal((true, BlobContainers.Media), (shown.IsListed, shown.Drain().MediaContainer));
    }

    [Fact]
    public void Copies_of_a_creator_told_in_any_order_and_repeatedly_end_as_the_last() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new Random(seed);
        var versions = Enumerable.Range(1, 8).Select(version => Creator(version, isPrivate: random.Next(2) == 0)).ToArray();
        Account[] told = [.. versions, .. versions];
        random.Shuffle(told);
        var video = told.Aggregate(Begun().Tell(Success()), VideoTransitions.Credit);
        return (video.OwnerVersion, video.OwnerPrivate, video.OwnerCountry, video.Username) == (8, versions[^1].Private, "SE", "ada8");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tombstone_keeps_no_content_and_lives_only_for_a_while()
    {
        var tombstone = VideoTransitions.Bury(VideoTransitions.Delete(Begun().Tell(Success())), Now);

        Assert.Equal(("", "", ""), (tombstone.Title, tombstone.Username, tombstone.Upload.Filename));
        Assert.Empty(tombstone.Hashtags);
        Assert.Empty(tombstone.Renditions);
        Assert.Null(tombstone.Probe);
        Assert.Equal(30 * 24 * 3600, tombstone.Ttl);
        Assert.Equal(VideoStatus.Deleted, tombstone.Status);
    }

    [Fact]
    public void A_video_that_is_not_deleted_is_never_buried()
    {
        var ready = Begun().Tell(Success());

        Assert.Same(ready, VideoTransitions.Bury(ready, Now));
    }

    [Fact]
    public void Only_processing_is_abandoned()
    {
        Assert.Equal(VideoStatus.Failed, VideoTransitions.Abandon(Begun().Tell(Land(), Complete()), Now).Status);
        Assert.Equal(VideoStatus.Ready, VideoTransitions.Abandon(Begun().Tell(Success()), Now).Status);
        Assert.Equal(VideoStatus.Uploading, VideoTransitions.Abandon(Begun().Tell(Land()), Now).Status);
    }

    [Fact]
    public void Any_order_with_repetitions_ends_in_the_same_state() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new Random(seed);
        foreach (var facts in Stories())
        {
            var expected = Outcome(Begun().Tell(facts).Drain());
            var told = facts.Concat(facts.Where(_ => random.Next(2) == 0)).ToArray();
            random.Shuffle(told);
            var video = told.Aggregate(Begun(), (v, fact) => random.Next(2) == 0 ? fact(v) : fact(v).Drain()).Drain();
            if (Outcome(video) != expected) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Deletion_at_any_moment_wins_and_every_later_fact_cleans_up_again() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new Random(seed);
        foreach (var facts in Stories())
        {
            var told = facts.Concat(facts).ToArray();
            random.Shuffle(told);
            var cut = random.Next(told.Length + 1);
            var deleted = VideoTransitions.Delete(Begun().Tell(told[..cut])).Drain();
            if (deleted.Status != VideoStatus.Deleted || deleted.RemovedAt is null) return false;
            foreach (var fact in told[cut..])
            {
                var log = new List<VideoWork>();
                var isHarmless = ReferenceEquals(fact(deleted), deleted);
                deleted = fact(deleted).Drain(log);

                // Words write no blob; everything else may have.
                if (!isHarmless && !log.SequenceEqual([VideoWork.Remove])) return false;
                if (deleted.Status != VideoStatus.Deleted || deleted.RemovedAt is null) return false;
            }
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static Account Creator(long version, bool isPrivate) => new()
    {
        Id = Begun().UserId,
        UserId = Begun().UserId,
        Username = $"ada{version}",
        DisplayName = "Ada",
        PasswordHash = "",
        BirthDate = new DateOnly(1990, 1, 1),
        Country = "SE",
        CreatedAt = Now,
        Private = isPrivate,
        CopyVersion = version,
    };

    private static IEnumerable<IReadOnlyList<Func<Video, Video>>> Stories() =>
        [Success(), Success(Visibility.Private), HalfSuccess(), ProbeFailure(), [Land(5_000), Complete()], [Land(), Complete(), Probed(700_000)]];

    /// <summary>What of a video its owner, viewers and workers can tell apart. When the jobs were handed over depends on the order, and on nothing else does.</summary>
    private static string Outcome(Video video) => JsonSerializer.Serialize(video with { Handovers = new Handovers() }, CoreJson.Options);
}
