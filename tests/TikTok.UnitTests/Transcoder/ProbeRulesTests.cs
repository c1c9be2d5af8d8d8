using TikTok.Core.Documents;
using TikTok.Transcoder.Probing;

namespace TikTok.UnitTests.Transcoder;

public sealed class ProbeRulesTests
{
    private static readonly UploadLimits Limits = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));

    [Fact]
    public async Task A_phone_held_upright_is_described_as_displayed()
    {
        var verdict = await JudgeAsync(RecordedProbe.PhonePortrait);

        Assert.Equal(
            new MediaProbe
            {
                Container = "mp4",
                VideoCodec = "hevc",
                AudioCodec = "aac",
                DurationMs = 21_321,
                Width = 1080,
                Height = 1920,
                Rotation = 90,
                FrameRate = 30,
            },
            verdict.Probe);
    }

    [Theory]
    [InlineData(-90, 90, true)]
    [InlineData(90, 270, true)]
    [InlineData(180, 180, false)]
    [InlineData(-180, 180, false)]
    [InlineData(0, 0, false)]
    public async Task Rotation_is_stated_clockwise_and_turns_the_sides(int recorded, int expected, bool turned)
    {
        var probe = (await JudgeAsync(RecordedProbe.PhonePortrait.Replace("\"rotation\":-90", $"\"rotation\":{recorded}"))).Probe!;

        Assert.Equal(expected, probe.Rotation);
        Assert.Equal(turned ? (1080, 1920) : (1920, 1080), (probe.Width, probe.Height));
    }

    [Theory]
    [InlineData("16:11", 2793, 1080)]
    [InlineData("1:1", 1920, 1080)]
    [InlineData("0:1", 1920, 1080)]
    [InlineData("3:4", 1440, 1080)]
    public async Task Pixels_that_are_not_square_count_as_wide_as_they_are_shown(string aspect, int width, int height)
    {
        var probe = (await JudgeAsync(Upright.Replace("\"sample_aspect_ratio\":\"1:1\"", $"\"sample_aspect_ratio\":\"{aspect}\""))).Probe!;

        Assert.Equal((width, height), (probe.Width, probe.Height));
    }

    [Theory]
    [InlineData("30/1", "30000/1001", 30)]
    [InlineData("90000/1", "2250000/91021", 24.719)]
    [InlineData("60/1", "30/1", 30)]
    [InlineData("25/1", "0/0", 25)]
    [InlineData("0/0", "0/0", 30)]
    [InlineData("30000/1001", "30000/1001", 29.97)]
    public async Task The_frame_rate_is_the_lattice_unless_the_average_is_far_from_it(string lattice, string average, double expected)
    {
        var json = Upright.Replace("\"r_frame_rate\":\"30/1\",\"avg_frame_rate\":\"30000/1001\"", $"\"r_frame_rate\":\"{lattice}\",\"avg_frame_rate\":\"{average}\"");

        Assert.Equal(expected, (await JudgeAsync(json)).Probe!.FrameRate, 0.001);
    }

    [Fact]
    public async Task A_variable_rate_is_described_by_its_average() =>
        Assert.Equal(24.719, (await JudgeAsync(RecordedProbe.VariableRate)).Probe!.FrameRate, 0.001);

    [Fact]
    public async Task A_cover_is_not_a_video() => Assert.Equal("The file has sound but no picture.", (await JudgeAsync(RecordedProbe.SongWithCover)).Reason);

    [Fact]
    public async Task A_recording_without_duration_is_counted()
    {
        var analysis = await RecordedProbe.AnalyseAsync(RecordedProbe.BrowserRecording);

        Assert.True(ProbeRules.NeedsCounting(analysis));
        Assert.Equal(16_500, ProbeRules.Judge(analysis, TimeSpan.FromSeconds(16.5), Limits).Probe!.DurationMs);
        Assert.Equal(ProbeRules.Damaged, ProbeRules.Judge(analysis, TimeSpan.Zero, Limits).Reason);
        Assert.False(ProbeRules.NeedsCounting(await RecordedProbe.AnalyseAsync(RecordedProbe.PhonePortrait)));
    }

    [Theory]
    [InlineData(1, 1, "16 and 8192")]
    [InlineData(20_000, 1080, "16 and 8192")]
    [InlineData(8000, 100, "at most 5 times")]
    [InlineData(0, 0, "damaged")]
    public async Task Absurd_sizes_are_refused(int width, int height, string because)
    {
        var verdict = await JudgeAsync(Upright.Replace("\"width\":1920,\"height\":1080", $"\"width\":{width},\"height\":{height}"));

        Assert.Contains(because, verdict.Reason);
    }

    [Theory]
    [InlineData("0:00:14.999000", "at least 15 s")]
    [InlineData("0:00:15.000000", null)]
    [InlineData("0:10:00.000000", null)]
    [InlineData("0:10:00.001000", "at most 600 s")]
    [InlineData("2:00:00.000000", "at most 600 s")]
    public async Task Duration_limits_are_inclusive(string duration, string? because)
    {
        var verdict = await JudgeAsync(Upright.Replace("0:00:21.321000", duration));

        if (because is null) Assert.Null(verdict.Reason);
        else Assert.Contains(because, verdict.Reason);
    }

    [Theory]
    [InlineData("png_pipe")]
    [InlineData("gif")]
    public async Task A_picture_is_refused_as_one(string format) =>
        Assert.Equal("The file is a picture, not a video.", (await JudgeAsync(Upright.Replace("mov,mp4,m4a,3gp,3g2,mj2", format))).Reason);

    [Fact]
    public async Task A_codec_that_nothing_knows_is_refused() =>
        Assert.Contains("cannot be decoded", (await JudgeAsync(Upright.Replace("\"codec_name\":\"hevc\",", ""))).Reason);

    [Theory]
    [InlineData("arib-std-b67", "arib-std-b67")]
    [InlineData("smpte2084", "smpte2084")]
    [InlineData("bt709", null)]
    public async Task High_dynamic_range_is_told_by_the_transfer_function(string transfer, string? expected) =>
        Assert.Equal(expected, ProbeRules.HighDynamicRange(await RecordedProbe.AnalyseAsync(RecordedProbe.PhonePortrait.Replace("arib-std-b67", transfer))));

    private static string Upright => RecordedProbe.PhonePortrait.Replace("\"rotation\":-90", "\"rotation\":0");

    private static async Task<ProbeVerdict> JudgeAsync(string json) => ProbeRules.Judge(await RecordedProbe.AnalyseAsync(json), null, Limits);
}
