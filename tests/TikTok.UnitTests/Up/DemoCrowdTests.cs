using TikTok.Local.Up.Demo;

namespace TikTok.UnitTests.Up;

public sealed class DemoCrowdTests
{
    private static readonly DemoViewer Viewer = new(new DemoAccount("viewer", "Demo-Password-1", "Viewer"), ["life"], TakesQuiz: false);

    [Fact]
    public void A_viewer_watches_most_of_what_they_are_fond_of() =>
        Assert.All(React("demo", "life"), reaction => Assert.InRange(reaction.WatchedMs, 8_000, 12_000));

    [Fact]
    public void A_viewer_leaves_half_of_the_rest_within_two_seconds_and_finishes_none()
    {
        var reactions = React("demo", "bars");

        Assert.InRange(reactions.Count(r => r.WatchedMs < 2_000) / (double)reactions.Count, 0.4, 0.6);
        Assert.All(reactions, reaction => Assert.InRange(reaction.WatchedMs, 0, 9_500));
        Assert.True(React("life").Count(r => r.Likes) > 5 * reactions.Count(r => r.Likes));
    }

    private static List<DemoReaction> React(params string[] hashtags)
    {
        var random = new Random(1);
        var video = new DemoVideo("video", "creator", 10_000, hashtags);
        return [.. Enumerable.Range(0, 400).Select(_ => DemoReaction.Of(Viewer, video, random))];
    }
}
