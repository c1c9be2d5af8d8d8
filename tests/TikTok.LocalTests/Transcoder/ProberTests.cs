using System.Text;
using TikTok.Transcoder.Probing;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Real ffprobe on what people upload.</summary>
public sealed class ProberTests(Clips clips) : IClassFixture<Clips>
{
    [Fact]
    public async Task A_good_clip_is_described_as_it_is_displayed()
    {
        var verdict = await EncodedClip.ProbeAsync(await clips.VideoAsync(720, 576, "25", pixelAspect: "16/11"));

        Assert.Null(verdict.Reason);
        Assert.Equal(("mp4", "h264", "aac"), (verdict.Probe!.Container, verdict.Probe.VideoCodec, verdict.Probe.AudioCodec));
        Assert.Equal((1047, 576, 25.0, 0), (verdict.Probe.Width, verdict.Probe.Height, verdict.Probe.FrameRate, verdict.Probe.Rotation));
        Assert.InRange(verdict.Probe.DurationMs, 4990, 5010);
    }

    [Fact]
    public async Task An_empty_file_is_refused() => await AssertRefusedAsync(await clips.WriteAsync("empty.mp4", default), "empty");

    [Fact]
    public async Task A_text_named_mp4_is_refused() =>
        await AssertRefusedAsync(await clips.WriteAsync("text.mp4", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Not a video at all.\n", 200)))), "not a video");

    [Fact]
    public async Task Noise_is_refused()
    {
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        await AssertRefusedAsync(await clips.WriteAsync("noise.mp4", noise), "not a video");
    }

    [Fact]
    public async Task Sound_without_picture_is_refused() => await AssertRefusedAsync(await clips.SoundOnlyAsync(), "no picture");

    [Fact]
    public async Task A_picture_is_refused() => await AssertRefusedAsync(await clips.PictureAsync(), "a picture");

    [Fact]
    public async Task A_file_cut_off_before_its_index_is_refused() =>
        await AssertRefusedAsync(await clips.CutOffAsync(await clips.VideoAsync(320, 240), 0.6), "incomplete");

    [Fact]
    public async Task A_file_cut_off_after_its_index_is_refused() =>
        await AssertRefusedAsync(await clips.CutOffAsync(await clips.IndexFirstAsync(await clips.VideoAsync(320, 240)), 0.6), "incomplete");

    [Fact]
    public async Task A_matroska_file_cut_off_is_refused() =>
        await AssertRefusedAsync(await clips.CutOffAsync(await clips.VideoAsync(320, 240, extension: "mkv"), 0.6), "incomplete");

    [Fact]
    public async Task Too_short_and_too_long_are_refused_with_the_limit()
    {
        var clip = await clips.VideoAsync(320, 240);
        var shorter = await EncodedClip.ProbeAsync(clip, new UploadLimits(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10)));
        var longer = await EncodedClip.ProbeAsync(clip, new UploadLimits(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)));

        Assert.Equal("The video lasts 5 s; it must last at least 15 s.", shorter.Reason);
        Assert.Equal("The video lasts 5 s; it may last at most 3 s.", longer.Reason);
    }

    [Fact]
    public async Task A_browser_recording_without_duration_is_measured_by_its_packets()
    {
        var plain = await clips.VideoAsync(320, 240);
        var live = await clips.MakeAsync("live.webm", file => ["-i", plain, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm", "-live", "1", file]);
        var verdict = await EncodedClip.ProbeAsync(live);

        Assert.Null(verdict.Reason);
        Assert.InRange(verdict.Probe!.DurationMs, 4900, 5100);
    }

    [Fact]
    public async Task A_playlist_that_names_local_files_is_not_followed()
    {
        var secret = await clips.VideoAsync(320, 240);
        await AssertRefusedAsync(await clips.WriteAsync("hls.mp4", Encoding.UTF8.GetBytes($"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{secret}\n#EXT-X-ENDLIST\n")), "not a video");
        await AssertRefusedAsync(await clips.WriteAsync("concat.mp4", Encoding.UTF8.GetBytes($"ffconcat version 1.0\nfile '{secret}'\n")), "not a video");
        await AssertRefusedAsync(await clips.WriteAsync("net.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n"u8.ToArray()), "not a video");
    }

    private static async Task AssertRefusedAsync(string file, string because)
    {
        var verdict = await EncodedClip.ProbeAsync(file);
        Assert.Null(verdict.Probe);
        Assert.Contains(because, verdict.Reason);
    }
}
