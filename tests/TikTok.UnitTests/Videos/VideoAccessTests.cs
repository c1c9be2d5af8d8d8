using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Videos;

public sealed class VideoAccessTests
{
    private static readonly Caller Owner = new(VideoScenario.Begun().UserId, "ada", Role.User, AccountType.Standard);
    private static readonly Caller Other = Owner with { UserId = "01kakg0000000000000000000x" };
    private static readonly Caller Moderator = Other with { Role = Role.Moderator };
    private static readonly Relation Follower = Relation.None with { Following = true };

    [Theory]
    [InlineData(VideoStatus.Ready, Visibility.Public, false, true, true, true, true)]
    [InlineData(VideoStatus.Ready, Visibility.Public, true, true, false, true, true)]
    [InlineData(VideoStatus.Ready, Visibility.Followers, false, true, false, true, true)]
    [InlineData(VideoStatus.Ready, Visibility.Followers, true, true, false, true, true)]
    [InlineData(VideoStatus.Ready, Visibility.Private, false, true, false, false, true)]
    [InlineData(VideoStatus.Processing, Visibility.Public, false, true, false, false, true)]
    [InlineData(VideoStatus.Failed, Visibility.Public, false, true, false, false, true)]
    [InlineData(VideoStatus.Blocked, Visibility.Followers, false, true, false, false, true)]
    [InlineData(VideoStatus.Deleted, Visibility.Public, false, false, false, false, false)]
    public void MaySee_depends_on_status_visibility_the_account_and_who_asks(
        VideoStatus status, Visibility visibility, bool ownerPrivate, bool owner, bool other, bool follower, bool moderator)
    {
        var video = VideoScenario.Begun() with { Status = status, Visibility = visibility, OwnerPrivate = ownerPrivate };

        Assert.Equal(
            (owner, other, follower, moderator),
            (VideoAccess.MaySee(video, Owner, Relation.None), VideoAccess.MaySee(video, Other, Relation.None), VideoAccess.MaySee(video, Other, Follower),
                VideoAccess.MaySee(video, Moderator, Relation.None)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void MaySee_across_a_block_nobody_but_moderators(bool blocking, bool blockedBy)
    {
        var video = VideoScenario.Begun() with { Status = VideoStatus.Ready };
        var relation = Relation.None with { Blocking = blocking, BlockedBy = blockedBy };

        Assert.Equal((false, true), (VideoAccess.MaySee(video, Other, relation), VideoAccess.MaySee(video, Moderator, relation)));
    }

    [Fact]
    public void MaySee_a_mute_hides_nothing_that_is_asked_for() =>
        Assert.True(VideoAccess.MaySee(VideoScenario.Begun() with { Status = VideoStatus.Ready }, Other, Relation.None with { Muting = true }));
}
