using System.Globalization;
using Microsoft.AspNetCore.Http;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Feed;

/// <summary>
/// How the app is doing, in the header <c>X-Client-State: bandwidth=3.2, buffer=4, battery=80</c>: a dictionary of numbers (RFC 9651, without parameters), each of which may
/// be left out. It only steers the prefetch hints.
/// </summary>
/// <param name="BandwidthMbps">What downloads ran at lately, in Mb/s.</param>
/// <param name="BufferSeconds">Downloaded and not yet played of the video on the screen.</param>
/// <param name="Battery">From 0 to 1; 1 also while charging.</param>
public sealed record ClientState(double BandwidthMbps, double BufferSeconds, double Battery)
{
    public const string Header = "X-Client-State";
    public const string About = "How the app is doing, for the prefetch hints: `bandwidth` (Mb/s, 0.05 to 10000), `buffer` (seconds, 0 to 600) and `battery` (percent), each optional.";

    /// <summary>Of an app that says nothing: a mobile network of the better kind, nothing buffered, a full battery.</summary>
    public static readonly ClientState Assumed = new(4, 0, 1);

    private const int MaxLength = 200;

    /// <summary>The state that the request tells.</summary>
    /// <exception cref="ProblemException">400: the header cannot be read.</exception>
    public static ClientState Of(HttpRequest request)
    {
        var values = request.Headers[Header];
        return values.Count == 0 ? Assumed : Parse(values.ToString());
    }

    private static ClientState Parse(string text)
    {
        if (text.Length > MaxLength) throw Problems.Invalid(Header, $"must be at most {MaxLength} characters long");
        var state = Assumed;
        foreach (var member in text.Split(',', StringSplitOptions.TrimEntries))
        {
            state = member.Split('=', 2) switch
            {
                ["bandwidth", var value] => state with { BandwidthMbps = Number("bandwidth", value, 0.05, 10_000) },
                ["buffer", var value] => state with { BufferSeconds = Number("buffer", value, 0, 600) },
                ["battery", var value] => state with { Battery = Number("battery", value, 0, 100) / 100 },
                _ => throw Problems.Invalid(Header, "must be like bandwidth=3.2, buffer=4, battery=80"),
            };
        }

        return state;
    }

    private static double Number(string name, string text, double min, double max) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Problems.Invalid(Header, FormattableString.Invariant($"{name} must be a number from {min} to {max}"));
}
