using TikTok.Core.Documents;
using TikTok.Functions.Feed;

namespace TikTok.UnitTests.Feed;

public sealed class PrefetchPlanTests
{
    [Fact]
    public void The_three_after_the_first_are_hinted_in_their_order()
    {
        var page = Enumerable.Range(0, 6).Select(i => Video($"v{i}", ("240p", 100), ("480p", 200))).ToList();

        var hints = PrefetchPlan.For(page);

        Assert.Equal(["v1", "v2", "v3"], hints.Select(h => h.VideoId));
        Assert.All(hints, h => Assert.Equal(("480p", 200L), (h.Rendition, h.Bytes)));
    }

    [Fact]
    public void A_hint_never_asks_for_more_than_two_megabytes() =>
        Assert.Equal(2 * 1024 * 1024, PrefetchPlan.For([Video("a", ("240p", 1)), Video("b", ("240p", long.MaxValue))]).Single().Bytes);

    [Fact]
    public void A_video_of_one_rendition_is_hinted_with_that_one() =>
        Assert.Equal("240p", PrefetchPlan.For([Video("a", ("240p", 1)), Video("b", ("240p", 7))]).Single().Rendition);

    [Fact]
    public void An_empty_page_has_no_hints() => Assert.Empty(PrefetchPlan.For([]));

    private static Video Video(string id, params (string Name, long Bytes)[] renditions) => new()
    {
        Id = id,
        VideoId = id,
        UserId = "creator",
        Username = "creator",
        Upload = new Upload { Filename = "a.mp4", FileSize = 1, DurationMs = 15_000 },
        CreatedAt = DateTimeOffset.UnixEpoch,
        Renditions =
        [
            .. renditions.Select(r => new Rendition
            {
                Name = r.Name, Width = 2, Height = 2, FrameRate = 30, Codecs = "avc1", Bandwidth = 1, AverageBandwidth = 1, Bytes = r.Bytes,
            }),
        ],
    };
}
