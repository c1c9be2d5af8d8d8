using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Videos;

public sealed class VideoAccessTests
{
    private static readonly Caller Owner = new(VideoScenario.Begun().UserId, "ada", Role.User, AccountType.Standard);
    private static readonly Caller Other = Owner with { UserId = "01kakg0000000000000000000x" };
    private static readonly Caller Moderator = Other with { Role = Role.Moderator };

    [Theory]
    [InlineData(VideoStatus.Ready, Visibility.Public, true, true, true)]
    [InlineData(VideoStatus.Ready, Visibility.Followers, true, false, true)]
    [InlineData(VideoStatus.Ready, Visibility.Private, true, false, true)]
    [InlineData(VideoStatus.Processing, Visibility.Public, true, false, true)]
    [InlineData(VideoStatus.Failed, Visibility.Public, true, false, true)]
    [InlineData(VideoStatus.Blocked, Visibility.Public, true, false, true)]
    [InlineData(VideoStatus.Deleted, Visibility.Public, false, false, false)]
    public void MaySee_depends_on_status_visibility_and_who_asks(VideoStatus status, Visibility visibility, bool owner, bool other, bool moderator)
    {
        var video = VideoScenario.Begun() with { Status = status, Visibility = visibility };

        Assert.Equal((owner, other, moderator), (VideoAccess.MaySee(video, Owner), VideoAccess.MaySee(video, Other), VideoAccess.MaySee(video, Moderator)));
    }
}
