using FFMpegCore;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core.Documents;
using TikTok.Transcoder.Encoding;
using TikTok.Transcoder.Planning;
using TikTok.Transcoder.Publishing;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Real ffmpeg: from a clip to what is published, without queues and blobs.</summary>
public sealed class EncoderTests(Clips clips) : IClassFixture<Clips>
{
    [Fact]
    public async Task A_landscape_clip_becomes_every_rung_it_reaches_with_keyframes_every_two_seconds()
    {
        var reports = new List<TimeSpan>();
        using var clip = await EncodedClip.EncodeAsync(await clips.VideoAsync(1280, 720, seconds: 7), reports.Add);

        Assert.Equal(["240p", "480p", "720p"], clip.Renditions.Select(r => r.Rendition.Name));
        Assert.Equal([(426, 240), (854, 480), (1280, 720)], clip.Renditions.Select(r => (r.Rendition.Width, r.Rendition.Height)));
        await clip.AssertDecodesAsync();
        foreach (var rendition in clip.Renditions)
        {
            Assert.Equal([0, 2, 4, 6], await clip.KeyframesAsync(rendition));
            Assert.Equal(210, (await clip.FramesAsync(rendition)).Count);
            await AssertMatchesPlanAsync(rendition.File, rendition.Rendition.Width, rendition.Rendition.Height);
        }
        Assert.All(clip.Renditions, r => Assert.Matches("^avc1\\.6400[0-9a-f]{2},mp4a\\.40\\.2$", r.Rendition.Codecs));
        await AssertThumbnailsAsync(clip, 1280, 720);
        Assert.NotEmpty(reports);
        Assert.Equal(reports.Order(), reports);
    }

    [Fact]
    public async Task A_portrait_clip_by_rotation_comes_out_upright()
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.RotatedAsync(640, 360));

        Assert.Equal((360, 640, 90), (clip.Probe.Width, clip.Probe.Height, clip.Probe.Rotation));
        var rendition = Assert.Single(clip.Renditions);
        await AssertMatchesPlanAsync(rendition.File, 240, 426);
        await AssertThumbnailsAsync(clip, 240, 426);
        await clip.AssertDecodesAsync();
    }

    [Theory]
    [InlineData(481, 853, "1", 480, 852)]
    [InlineData(300, 300, "1", 240, 240)]
    [InlineData(720, 576, "16/11", 872, 480)]
    [InlineData(64, 48, "1", 64, 48)]
    [InlineData(177, 101, "1", 176, 100)]
    public async Task Odd_square_anamorphic_and_tiny_sources_keep_their_shape(int width, int height, string pixelAspect, int topWidth, int topHeight)
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.VideoAsync(width, height, seconds: 2.5, pixelAspect: pixelAspect));

        await AssertMatchesPlanAsync(clip.Renditions[^1].File, topWidth, topHeight);
        await clip.AssertDecodesAsync();
        await AssertThumbnailsAsync(clip, topWidth, topHeight);
    }

    [Fact]
    public async Task Without_sound_there_is_no_audio_track()
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.VideoAsync(320, 240, sound: false));

        Assert.Null(clip.Probe.AudioCodec);
        Assert.Equal(default, await EncodedClip.StreamAsync(clip.Renditions[0].File, "a"));
        Assert.DoesNotContain("mp4a", clip.Renditions[0].Rendition.Codecs);
        await clip.AssertDecodesAsync();
    }

    [Theory]
    [InlineData("50", "50/1")]
    [InlineData("60000/1001", "60000/1001")]
    [InlineData("120", "60/1")]
    [InlineData("25/2", "25/2")]
    [InlineData("24000/1001", "24000/1001")]
    public async Task Frame_rates_up_to_sixty_are_kept_and_keyframes_stay_aligned(string source, string expected)
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.VideoAsync(854, 480, source, seconds: 6.5));

        var stream = await EncodedClip.StreamAsync(clip.Renditions[0].File, "v");
        Assert.Equal(expected, stream.GetProperty("r_frame_rate").GetString());
        var frame = 1 / clip.Plan.FrameRate.PerSecond;
        var low = await clip.KeyframesAsync(clip.Renditions[0]);
        var high = await clip.KeyframesAsync(clip.Renditions[1]);
        Assert.Equal(low, high);
        Assert.Equal(4, low.Count);
        for (var i = 0; i < low.Count; i++) Assert.InRange(low[i] - (i * Ladder.SegmentSeconds), -0.002, frame);
        await clip.AssertDecodesAsync();
    }

    [Fact]
    public async Task A_variable_rate_becomes_a_constant_one_of_the_same_length()
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.VariableRateAsync());

        var frames = await clip.FramesAsync(clip.Renditions[0]);
        var gaps = frames.Zip(frames.Skip(1), (a, b) => b.Time - a.Time).ToList();
        Assert.InRange(gaps.Max() - gaps.Min(), 0, 0.002);
        Assert.InRange(clip.Renditions[0].Duration.TotalSeconds, 5.9, 6.1);
        await clip.AssertDecodesAsync();
    }

    [Fact]
    public async Task High_dynamic_range_is_mapped_to_what_every_screen_shows()
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.HighDynamicRangeAsync());

        var stream = await EncodedClip.StreamAsync(clip.Renditions[0].File, "v");
        Assert.Equal(("yuv420p", "bt709", "bt709"), (stream.GetProperty("pix_fmt").GetString(), stream.GetProperty("color_transfer").GetString(), stream.GetProperty("color_primaries").GetString()));
        await AssertThumbnailsAsync(clip, 426, 240);
        await clip.AssertDecodesAsync();
    }

    [Fact]
    public async Task Sound_that_outlasts_the_picture_is_kept_in_the_last_segment()
    {
        using var clip = await EncodedClip.EncodeAsync(await clips.SoundOutlastsPictureAsync());

        Assert.InRange(clip.Renditions[0].Duration.TotalSeconds, 8.9, 9.1);
        await clip.AssertDecodesAsync();
    }

    [Fact]
    public async Task A_hole_in_the_timestamps_is_not_filled_with_an_hour_of_frames()
    {
        var folder = Directory.CreateTempSubdirectory("hole-").FullName;
        var probe = new MediaProbe { Container = "matroska", VideoCodec = "h264", DurationMs = 4000, Width = 320, Height = 240, FrameRate = 30 };
        var plan = Ladder.Plan(probe);
        var encoder = new Encoder(new FFOptions(), TimeProvider.System, NullLogger<Encoder>.Instance);

        await encoder.EncodeAsync(plan, 0, await clips.HoleAsync(), folder, static _ => { }, CancellationToken.None);

        var file = RenditionFile.Read(EncodeCommand.RenditionFile(folder, plan.Rungs[0]), plan.Rungs[0], plan.FrameRate);
        Assert.InRange(file!.Duration.TotalSeconds, 2, 17);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Metadata_of_the_source_does_not_reach_the_renditions()
    {
        var plain = await clips.VideoAsync(320, 240);
        var located = await clips.MakeAsync("located.mp4", file => ["-i", plain, "-c", "copy", "-metadata", "location=+48.2082+016.3738/", "-metadata", "title=private", file]);
        using var clip = await EncodedClip.EncodeAsync(located);

        var tags = await Tool.RunAsync("ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", clip.Renditions[0].File);
        Assert.DoesNotContain("48.2", tags);
        Assert.DoesNotContain("private", tags);
    }

    private static async Task AssertMatchesPlanAsync(string file, int width, int height)
    {
        var stream = await EncodedClip.StreamAsync(file, "v");
        Assert.Equal((width, height), (stream.GetProperty("width").GetInt32(), stream.GetProperty("height").GetInt32()));
        Assert.Equal("yuv420p", stream.GetProperty("pix_fmt").GetString());
    }

    private static async Task AssertThumbnailsAsync(EncodedClip clip, int width, int height)
    {
        var thumbnails = clip.Thumbnails.ToList();
        Assert.Equal(5, thumbnails.Count);
        foreach (var thumbnail in thumbnails)
        {
            var stream = await EncodedClip.StreamAsync(thumbnail, "v");
            Assert.Equal((width, height), (stream.GetProperty("width").GetInt32(), stream.GetProperty("height").GetInt32()));
            Assert.InRange(await EncodedClip.BrightnessAsync(thumbnail), 40, 220);
        }
    }
}
