using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Transcoder.Planning;

namespace TikTok.UnitTests.Transcoder;

public sealed class LadderTests
{
    private static readonly Gen<MediaProbe> Probes =
        from width in Gen.Choose(16, 4000)
        from height in Gen.Choose(16, 4000)
        where Math.Max(width, height) <= 5 * Math.Min(width, height)
        from rate in Gen.Choose(1, 240_000)
        from sound in Gen.Elements(true, false)
        select Probe(width, height, rate / 1000.0, sound);

    [Fact]
    public void Rungs_are_never_larger_than_the_source() => Holds(probe =>
        Ladder.Plan(probe).Rungs.All(r => r.Width <= probe.Width && r.Height <= probe.Height));

    [Fact]
    public void Sides_are_even_and_positive() => Holds(probe =>
        Ladder.Plan(probe).Rungs.All(r => r.Width % 2 == 0 && r.Height % 2 == 0 && r.Width >= 2 && r.Height >= 2));

    [Fact]
    public void There_is_always_a_lowest_rung_and_they_grow_in_size_and_rate() => Holds(probe =>
    {
        var rungs = Ladder.Plan(probe).Rungs;
        return rungs.Count > 0 && rungs[0].Name == "240p"
            && rungs.Zip(rungs.Skip(1), (a, b) => a.Width < b.Width && a.Height < b.Height && a.MaxRate < b.MaxRate).All(x => x);
    });

    [Fact]
    public void The_shape_is_kept_within_a_pixel() => Holds(probe => Ladder.Plan(probe).Rungs.All(r =>
    {
        var (sourceLong, sourceShort) = (Math.Max(probe.Width, probe.Height), Math.Min(probe.Width, probe.Height));
        var target = Math.Min(sourceShort, int.Parse(r.Name[..^1]));
        return Math.Abs(r.ShortSide - target) <= 1 && Math.Abs(Math.Max(r.Width, r.Height) - ((double)sourceLong * target / sourceShort)) <= 1.0001;
    }));

    [Fact]
    public void Landscape_stays_landscape() => Holds(probe =>
        Ladder.Plan(probe).Rungs.All(r => probe.Width >= probe.Height ? r.Width >= r.Height : r.Width <= r.Height));

    [Fact]
    public void A_group_of_pictures_is_two_seconds_of_at_most_sixty_frames() => Holds(probe =>
    {
        var plan = Ladder.Plan(probe);
        return plan.FrameRate.PerSecond is >= 1 and <= 60
            && plan.GroupOfPictures / plan.FrameRate.PerSecond is var seconds && seconds >= 1.98 && (plan.GroupOfPictures - 1) / plan.FrameRate.PerSecond < 2;
    });

    [Theory]
    [InlineData(1920, 1080, "240p=426x240 480p=854x480 720p=1280x720 1080p=1920x1080")]
    [InlineData(1080, 1920, "240p=240x426 480p=480x854 720p=720x1280 1080p=1080x1920")]
    [InlineData(3840, 2160, "240p=426x240 480p=854x480 720p=1280x720 1080p=1920x1080")]
    [InlineData(768, 432, "240p=426x240")]
    [InlineData(720, 720, "240p=240x240 480p=480x480 720p=720x720")]
    [InlineData(427, 240, "240p=426x240")]
    [InlineData(101, 177, "240p=100x176")]
    [InlineData(1079, 1919, "240p=240x426 480p=480x854 720p=720x1280")]
    public void Plan_names_sizes_by_the_short_side(int width, int height, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ladder.Plan(Probe(width, height, 30)).Rungs.Select(r => $"{r.Name}={r.Width}x{r.Height}")));

    [Theory]
    [InlineData(30, "30", 60)]
    [InlineData(29.97002997, "30000/1001", 60)]
    [InlineData(23.976, "24000/1001", 48)]
    [InlineData(59.94, "60000/1001", 120)]
    [InlineData(12.5, "25/2", 25)]
    [InlineData(29.833333, "29833/1000", 60)]
    [InlineData(120, "60", 120)]
    [InlineData(0.2, "1", 2)]
    [InlineData(double.NaN, "30", 60)]
    public void Frame_rates_are_fractions(double source, string expected, int groupOfPictures)
    {
        var plan = Ladder.Plan(Probe(320, 240, source));
        Assert.Equal((expected, groupOfPictures), (plan.FrameRate.Text, plan.GroupOfPictures));
    }

    [Fact]
    public void Twice_the_frames_take_half_as_much_again() =>
        Assert.Equal((5_000_000, 7_500_000), (Ladder.Plan(Probe(1920, 1080, 30)).Rungs[^1].MaxRate, Ladder.Plan(Probe(1920, 1080, 60)).Rungs[^1].MaxRate));

    [Theory]
    [InlineData(1920, 1080, "720p")]
    [InlineData(854, 480, "480p")]
    [InlineData(100, 100, "240p")]
    public void Thumbnails_are_taken_from_the_largest_rung_up_to_720(int width, int height, string rung) =>
        Assert.Equal(rung, Ladder.Plan(Probe(width, height, 30)).ThumbnailRung.Name);

    private static MediaProbe Probe(int width, int height, double rate, bool sound = true) => new()
    {
        Container = "mp4",
        VideoCodec = "h264",
        AudioCodec = sound ? "aac" : null,
        DurationMs = 20_000,
        Width = width,
        Height = height,
        FrameRate = rate,
    };

    private static void Holds(Func<MediaProbe, bool> property) => Prop.ForAll(Probes.ToArbitrary(), property).QuickCheckThrowOnFailure();
}
