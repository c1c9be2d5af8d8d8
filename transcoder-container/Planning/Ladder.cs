using TikTok.Core.Documents;

namespace TikTok.Transcoder.Planning;

/// <summary>One rendition to be made.</summary>
/// <param name="Name">The short side of the rung and a p. A source smaller than the lowest rung keeps its size under that rung's name.</param>
/// <param name="Width">Pixels, even.</param>
/// <param name="Height">Pixels, even.</param>
/// <param name="MaxRate">Bits per second of video that no two seconds exceed on average (the encoder's VBV).</param>
public sealed record Rung(string Name, int Width, int Height, int MaxRate)
{
    public int ShortSide => Math.Min(Width, Height);

    /// <summary>The VBV buffer in bits: a second and a half at the maximum rate.</summary>
    public int BufferSize => MaxRate * 3 / 2;
}

/// <summary>Everything that is decided before ffmpeg starts.</summary>
/// <param name="Rungs">Lowest first, at least one.</param>
/// <param name="FrameRate">Constant, the same for all rungs, so that their keyframes fall together.</param>
/// <param name="HighDynamicRange">The source's transfer function when it is one of high dynamic range (<c>arib-std-b67</c>, <c>smpte2084</c>); then
/// the pictures are mapped to what every screen shows. null: leave the colours as they are.</param>
public sealed record LadderPlan(IReadOnlyList<Rung> Rungs, FrameRate FrameRate, bool HasAudio, TimeSpan Duration, string? HighDynamicRange = null)
{
    /// <summary>Frames between keyframes at most: two seconds.</summary>
    public int GroupOfPictures => (int)Math.Ceiling((FrameRate.PerSecond * Ladder.SegmentSeconds) - 0.01);

    /// <summary>The rung whose pictures the thumbnails are taken from: the largest with a short side of 720 or less.</summary>
    public Rung ThumbnailRung => Rungs.Last(r => r == Rungs[0] || r.ShortSide <= Ladder.ThumbnailShortSide);
}

/// <summary>Plans a source's renditions. Pure: no file, no process.</summary>
public static class Ladder
{
    /// <summary>Segment and GOP length.</summary>
    public const int SegmentSeconds = 2;

    public const int ThumbnailCount = 5;
    public const int ThumbnailShortSide = 720;

    private sealed record Step(int ShortSide, int MaxRateAt30);

    private static readonly Step[] Steps = [new(240, 400_000), new(480, 1_200_000), new(720, 2_800_000), new(1080, 5_000_000)];

    /// <summary>The rungs whose short side the source reaches, or the lowest one at the source's own size. Never larger than the source, always even.</summary>
    public static LadderPlan Plan(MediaProbe probe)
    {
        var rate = FrameRate.From(probe.FrameRate);
        var shortSide = Math.Min(probe.Width, probe.Height);
        var reached = Steps.Where(s => s.ShortSide <= shortSide).ToList();
        var rungs = reached.Count > 0
            ? reached.Select(s => ToRung(s, probe.Width, probe.Height, s.ShortSide, rate))
            : [ToRung(Steps[0], probe.Width, probe.Height, shortSide, rate)];
        return new LadderPlan([.. rungs], rate, probe.AudioCodec is not null, TimeSpan.FromMilliseconds(probe.DurationMs));
    }

    private static Rung ToRung(Step step, int width, int height, int targetShortSide, FrameRate rate)
    {
        var shortSide = EvenWithin(targetShortSide, targetShortSide);
        var sourceShort = Math.Min(width, height);
        var sourceLong = Math.Max(width, height);
        var longSide = Math.Max(EvenWithin((double)sourceLong * targetShortSide / sourceShort, sourceLong), shortSide);
        var (w, h) = width >= height ? (longSide, shortSide) : (shortSide, longSide);
        return new Rung($"{step.ShortSide}p", w, h, MaxRate(step, w, h, rate));
    }

    /// <summary>The even number nearest to <paramref name="length"/> that is not above <paramref name="limit"/>; at least 2.</summary>
    private static int EvenWithin(double length, int limit)
    {
        var even = 2 * (int)Math.Round(length / 2, MidpointRounding.AwayFromZero);
        return Math.Max(2, even > limit ? even - 2 : even);
    }

    /// <summary>Proportional to the picture's area against 16:9, and half as much again for twice the frames: neighbouring frames resemble each other.</summary>
    private static int MaxRate(Step step, int width, int height, FrameRate rate)
    {
        var area = (double)width * height / (step.ShortSide * step.ShortSide * 16 / 9.0);
        var motion = rate.PerSecond <= 30 ? 1 : 1 + ((rate.PerSecond - 30) / 60);
        return (int)(step.MaxRateAt30 * Math.Clamp(area, 0.25, 2) * motion / 1000) * 1000;
    }
}
