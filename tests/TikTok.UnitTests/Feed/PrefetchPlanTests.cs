using Microsoft.AspNetCore.Http;
using TikTok.Core.Documents;
using TikTok.Functions.Feed;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Feed;

public sealed class PrefetchPlanTests
{
    [Fact]
    public void Those_after_the_first_are_hinted_in_their_order()
    {
        var page = Enumerable.Range(0, 6).Select(i => Video($"v{i}", 400, 900)).ToList();

        var hints = PrefetchPlan.For(page, ClientState.Assumed with { BufferSeconds = 60 });

        Assert.NotEmpty(hints);
        Assert.Equal(new[] { "v1", "v2", "v3" }.Take(hints.Count), hints.Select(h => h.VideoId));
    }

    [Fact]
    public void A_hint_asks_for_whole_segments_of_one_rendition_from_the_beginning()
    {
        var hint = PrefetchPlan.For([Video("a", 400), Video("b", 400)], ClientState.Assumed).Single();

        Assert.Equal("r0", hint.Rendition);
        Assert.Equal(0, hint.Bytes % (400_000 / 8 * 2));
    }

    [Fact]
    public void A_hint_never_asks_for_more_than_the_file_or_two_megabytes()
    {
        Assert.Equal(2 * 1024 * 1024, PrefetchPlan.For([Video("a", 400), Video("b", 40_000)], new ClientState(1000, 60, 1)).Single().Bytes);
        Assert.Equal(75, PrefetchPlan.For([Video("a", 400), Video("b", 400) with { Renditions = [Rendition(0, 400) with { Bytes = 75 }] }], ClientState.Assumed).Single().Bytes);
    }

    [Fact]
    public void A_better_network_gets_a_better_rendition()
    {
        IReadOnlyList<Video> page = [Video("a", 400, 900, 3000), Video("b", 400, 900, 3000)];

        var chosen = ((double[])[0.5, 2, 30]).Select(mbps => PrefetchPlan.For(page, new ClientState(mbps, 60, 1)).Single().Rendition).ToList();

        Assert.Equal("r0", chosen[0]);
        Assert.Equal("r2", chosen[2]);
        Assert.Equal(chosen.Order(StringComparer.Ordinal), chosen);
    }

    [Fact]
    public void An_empty_page_and_one_of_a_single_video_have_no_hints()
    {
        Assert.Empty(PrefetchPlan.For([], ClientState.Assumed));
        Assert.Empty(PrefetchPlan.For([Video("a", 400)], ClientState.Assumed));
    }

    [Fact]
    public void The_header_is_a_dictionary_of_which_each_member_may_be_left_out()
    {
        Assert.Equal(new ClientState(3.2, 4, 0.8), ClientState.Of(Request("bandwidth=3.2, buffer=4,battery=80")));
        Assert.Equal(ClientState.Assumed with { Battery = 0.05 }, ClientState.Of(Request("battery=5")));
        Assert.Equal(ClientState.Assumed, ClientState.Of(new DefaultHttpContext().Request));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bandwidth")]
    [InlineData("bandwidth=fast")]
    [InlineData("bandwidth=0")]
    [InlineData("bandwidth=1e9")]
    [InlineData("bandwidth=NaN")]
    [InlineData("buffer=-1")]
    [InlineData("battery=101")]
    [InlineData("battery=80;charging")]
    [InlineData("speed=3")]
    public void A_header_that_cannot_be_read_is_refused(string value) =>
        Assert.Equal(400, Assert.Throws<ProblemException>(() => ClientState.Of(Request(value))).Problem.Status);

    private static HttpRequest Request(string state)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers[ClientState.Header] = state;
        return request;
    }

    private static Video Video(string id, params int[] kbps) => new()
    {
        Id = id,
        VideoId = id,
        UserId = "creator",
        Username = "creator",
        Upload = new Upload { Filename = "a.mp4", FileSize = 1, DurationMs = 15_000 },
        CreatedAt = DateTimeOffset.UnixEpoch,
        Renditions = [.. kbps.Select((k, i) => Rendition(i, k))],
    };

    private static Rendition Rendition(int index, int kbps) => new()
    {
        Name = $"r{index}",
        Width = 2,
        Height = 2,
        FrameRate = 30,
        Codecs = "avc1",
        Bandwidth = kbps * 1200,
        AverageBandwidth = kbps * 1000,
        Bytes = kbps * 1000 / 8 * 15,
    };
}
