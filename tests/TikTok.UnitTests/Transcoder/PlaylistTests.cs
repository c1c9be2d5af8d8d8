using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Transcoder.Hls;
using TikTok.Transcoder.Mp4;

namespace TikTok.UnitTests.Transcoder;

public sealed class PlaylistTests
{
    private static readonly Track Video = new(1, 15_360, IsVideo: true, "avc1.64001e", 0);
    private static readonly Track Audio = new(2, 48_000, IsVideo: false, "mp4a.40.2", 0);

    [Fact]
    public void A_segment_lasts_until_the_next_begins_and_the_last_until_the_longer_track_ends()
    {
        var file = new FragmentedMp4(1000, 10_000, [Video, Audio],
        [
            new Fragment(1000, 5000, [new TrackRun(1, 0, 30_720), new TrackRun(2, 0, 95_232)]),
            new Fragment(6000, 3000, [new TrackRun(1, 30_720, 15_360), new TrackRun(2, 95_232, 96_000)]),
        ]);

        var segments = Segments.Of(file);

        Assert.Equal([(1000, 5000), (6000, 3000)], segments.Select(s => (s.Offset, s.Length)));
        Assert.Equal([2.0, 1.984], segments.Select(s => Math.Round(s.Duration.TotalSeconds, 6)));
    }

    [Fact]
    public void The_media_playlist_names_ranges_of_one_file()
    {
        var text = MediaPlaylist.Write("240p.mp4", 1324, [new Segment(1324, 50_000, TimeSpan.FromSeconds(2)), new Segment(51_324, 7_000, TimeSpan.FromSeconds(0.5))]);

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-TARGETDURATION:2
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MAP:URI="240p.mp4",BYTERANGE="1324@0"
            #EXTINF:2.000000,
            #EXT-X-BYTERANGE:50000@1324
            240p.mp4
            #EXTINF:0.500000,
            #EXT-X-BYTERANGE:7000@51324
            240p.mp4
            #EXT-X-ENDLIST

            """,
            text);
    }

    [Fact]
    public void The_master_playlist_states_what_a_player_chooses_by()
    {
        var rendition = new Rendition
        {
            Name = "240p",
            Width = 240,
            Height = 426,
            FrameRate = 29.97,
            Codecs = "avc1.640015,mp4a.40.2",
            Bandwidth = 500_001,
            AverageBandwidth = 400_000,
            Bytes = 1,
        };

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-STREAM-INF:BANDWIDTH=500001,AVERAGE-BANDWIDTH=400000,CODECS="avc1.640015,mp4a.40.2",RESOLUTION=240x426,FRAME-RATE=29.970
            240p.m3u8

            """,
            MasterPlaylist.Write([rendition]));
    }

    [Fact]
    public void The_peak_is_that_of_the_heaviest_two_seconds() =>
        Assert.Equal(8_000, Segments.PeakBandwidth([Of(1000, 2), Of(2000, 2), Of(500, 2)]));

    [Fact]
    public void A_last_segment_of_two_frames_says_nothing_alone() =>
        Assert.Equal((long)Math.Ceiling(1100 * 8 / 2.05), Segments.PeakBandwidth([Of(1000, 2), Of(100, 0.05)]));

    [Fact]
    public void The_peak_is_never_below_the_average_and_never_above_the_heaviest_segment() =>
        Prop.ForAll(
            Gen.Choose(1, 1_000_000).NonEmptyListOf().Select(sizes => sizes.Select(s => Of(s, 2)).ToList()).ToArbitrary(),
            segments => Segments.PeakBandwidth(segments) >= Segments.AverageBandwidth(segments)
                && Segments.PeakBandwidth(segments) <= (segments.Max(s => s.Length) * 4))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2.002, 2)]
    [InlineData(0.2, 1)]
    [InlineData(2.5, 3)]
    public void The_target_duration_is_the_longest_rounded(double seconds, int expected) => Assert.Equal(expected, MediaPlaylist.TargetDuration([Of(1, seconds)]));

    private static Segment Of(long bytes, double seconds) => new(0, bytes, TimeSpan.FromSeconds(seconds));
}
