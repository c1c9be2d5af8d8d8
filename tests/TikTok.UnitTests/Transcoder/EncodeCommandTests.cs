using TikTok.Core.Documents;
using TikTok.Transcoder.Encoding;
using TikTok.Transcoder.Planning;

namespace TikTok.UnitTests.Transcoder;

public sealed class EncodeCommandTests
{
    private static readonly LadderPlan Plan = Ladder.Plan(new MediaProbe
    {
        Container = "mp4",
        VideoCodec = "h264",
        AudioCodec = "aac",
        DurationMs = 30_000,
        Width = 1080,
        Height = 1920,
        FrameRate = 30,
    });

    [Fact]
    public void Each_rung_is_scaled_from_the_next_larger_one_and_thumbnails_branch_off_at_720() => Assert.Equal(
        "[0:V:0]fps=fps=30:start_time=0,scale=w=1080:h=1920:flags=bicubic,setsar=1,format=yuv420p,split=2[v1080p][from1080p]"
        + ";[from1080p]scale=w=720:h=1280:flags=bicubic,setsar=1,split=3[v720p][from720p][stills720p]"
        + ";[stills720p]select='lt(selected_n,5)*gte(t,(selected_n+0.5)*6)',format=yuvj420p[thumbnails]"
        + ";[from720p]scale=w=480:h=854:flags=bicubic,setsar=1,split=2[v480p][from480p]"
        + ";[from480p]scale=w=240:h=426:flags=bicubic,setsar=1[v240p]",
        FilterGraph.Ladder(Plan, Acceleration.None));

    [Fact]
    public void A_single_rung_branches_only_for_thumbnails() => Assert.Equal(
        "[0:V:0]fps=fps=30:start_time=0,scale=w=240:h=426:flags=bicubic,setsar=1,format=yuv420p,split=2[v240p][stills240p]"
        + ";[stills240p]select='lt(selected_n,5)*gte(t,(selected_n+0.5)*6)',format=yuvj420p[thumbnails]",
        FilterGraph.Ladder(Plan with { Rungs = [Plan.Rungs[0]] }, Acceleration.None));

    [Fact]
    public void On_the_card_frames_leave_it_only_for_thumbnails()
    {
        var graph = FilterGraph.Ladder(Plan, Acceleration.Full);

        Assert.DoesNotContain("scale=", graph.Replace("scale_cuda=", ""));
        Assert.Equal(1, graph.Split("hwdownload").Length - 1);
        Assert.Equal(4, graph.Split("scale_cuda=").Length - 1);
    }

    [Fact]
    public void Tones_are_mapped_once_after_the_first_scaling()
    {
        var graph = FilterGraph.Ladder(Plan with { HighDynamicRange = "smpte2084" }, Acceleration.Encode);

        Assert.Equal(1, graph.Split("tonemap=tonemap").Length - 1);
        Assert.True(graph.IndexOf("tonemap", StringComparison.Ordinal) < graph.IndexOf("split", StringComparison.Ordinal));
        Assert.Contains("zscale=tin=smpte2084", graph);
    }

    [Fact]
    public void The_upload_is_opened_confined_and_every_rendition_is_bounded()
    {
        var (before, after) = Split(EncodeCommand.Ladder(Plan, "/w/source", "/w", Acceleration.None).Arguments, "-i \"/w/source\"");

        Assert.Contains("-protocol_whitelist file", before);
        Assert.Contains($"-format_whitelist {EncodeCommand.Demuxers}", before);
        Assert.Contains("-nostdin", before);
        Assert.Equal(4, after.Split("-t 55 ").Length - 1);
        Assert.Equal(4, after.Split("-map 0:a:0").Length - 1);
        Assert.Equal(4, after.Split("-force_key_frames \"expr:gte(t+0.001,n_forced*2)\"").Length - 1);
    }

    [Fact]
    public void Without_sound_no_audio_is_mapped() =>
        Assert.DoesNotContain("0:a", EncodeCommand.Ladder(Plan with { HasAudio = false }, "/w/source", "/w", Acceleration.None).Arguments);

    [Fact]
    public void A_card_encodes_with_nvenc_and_decodes_when_frames_stay_on_it()
    {
        var full = EncodeCommand.Ladder(Plan, "/w/source", "/w", Acceleration.Full).Arguments;
        var encode = EncodeCommand.Ladder(Plan, "/w/source", "/w", Acceleration.Encode).Arguments;

        Assert.Contains("-hwaccel cuda -hwaccel_output_format cuda", full);
        Assert.DoesNotContain("-hwaccel", encode);
        Assert.All([full, encode], a => Assert.Equal(4, a.Split("h264_nvenc").Length - 1));
        Assert.All([full, encode], a => Assert.DoesNotContain("libx264", a));
    }

    private static (string Before, string After) Split(string text, string at) => (text[..text.IndexOf(at, StringComparison.Ordinal)], text[text.IndexOf(at, StringComparison.Ordinal)..]);
}
