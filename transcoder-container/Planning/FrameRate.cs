using System.Globalization;

namespace TikTok.Transcoder.Planning;

/// <summary>Frames per second as a fraction, because 29.97 is 30000/1001 and drifts when it is not.</summary>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    /// <summary>Above this, frames are dropped.</summary>
    public const double Maximum = 60;

    /// <summary>Below this, frames are repeated: a segment of two seconds must have a picture.</summary>
    public const double Minimum = 1;

    public double PerSecond => (double)Numerator / Denominator;

    /// <summary>What ffmpeg reads: <c>30000/1001</c>, <c>25</c>.</summary>
    public string Text => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    /// <summary>The rate nearest to <paramref name="perSecond"/> within 1 to 60: a whole number, an NTSC rate (n·1000/1001), or a fraction in thousandths.</summary>
    public static FrameRate From(double perSecond)
    {
        var rate = double.IsFinite(perSecond) && perSecond > 0 ? Math.Clamp(perSecond, Minimum, Maximum) : 30;
        var whole = (int)Math.Round(rate);
        if (Math.Abs(rate - whole) < 0.002) return new FrameRate(whole, 1);
        if (Math.Abs(rate - (whole * 1000 / 1001.0)) < 0.002) return new FrameRate(whole * 1000, 1001);
        var thousandths = (int)Math.Round(rate * 1000);
        var divisor = Gcd(thousandths, 1000);
        return new FrameRate(thousandths / divisor, 1000 / divisor);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
