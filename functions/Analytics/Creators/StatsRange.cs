using System.Globalization;
using Microsoft.AspNetCore.Http;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Analytics.Creators;

public enum Granularity { Hour, Day }

/// <summary>A stretch of time in whole buckets.</summary>
/// <param name="From">The first bucket's beginning.</param>
/// <param name="To">The end of the last bucket.</param>
public sealed record StatsRange(DateTimeOffset From, DateTimeOffset To, Granularity Granularity)
{
    public const string AboutFrom = "RFC 3339; 28 days before `to` unless given. At most 31 days before it by hour, 366 by day.";
    public const string AboutTo = "RFC 3339; now unless given.";
    public const string AboutGranularity = "The buckets' size; `day` unless given.";

    private const int MaxHourDays = 31;
    private const int MaxDays = 366;
    private const int DefaultDays = 28;

    public TimeSpan Step => Granularity == Granularity.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

    /// <summary>The bucket that a moment is in.</summary>
    public DateTimeOffset BucketOf(DateTimeOffset at) => Floor(at, Step);

    /// <summary>
    /// From the queries <c>from</c> and <c>to</c> (RFC 3339; the last 28 days unless told) and <c>granularity</c> (<c>hour</c>, or <c>day</c> unless told),
    /// widened to whole buckets: at most 31 days by hour, 366 by day.
    /// </summary>
    /// <exception cref="ProblemException">400 with the fields at fault.</exception>
    public static StatsRange Read(HttpRequest request, DateTimeOffset now)
    {
        var validation = new Validation();
        var granularity = (request.Query["granularity"] is { Count: > 0 } values ? values.ToString() : "day") switch
        {
            "hour" => Granularity.Hour,
            "day" => Granularity.Day,
            _ => (Granularity?)null,
        };
        validation.Check(granularity is not null, "granularity", "must be hour or day");
        var to = ReadTime(request, "to", validation) ?? now;
        var from = ReadTime(request, "from", validation) ?? (to > DateTimeOffset.MinValue.AddDays(DefaultDays) ? to.AddDays(-DefaultDays) : DateTimeOffset.MinValue);
        validation.Check(from < to, "from", "must be before to");
        var most = granularity == Granularity.Hour ? MaxHourDays : MaxDays;
        validation.Check(to - from <= TimeSpan.FromDays(most), "from", $"must be at most {most} days before to");
        validation.Check(to <= now.AddDays(1), "to", "must not be in the future");
        validation.ThrowIfInvalid();

        var range = new StatsRange(from, to, granularity!.Value);
        var last = Floor(to, range.Step);
        return range with { From = Floor(from, range.Step), To = last == to ? to : last + range.Step };
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);

    private static DateTimeOffset? ReadTime(HttpRequest request, string name, Validation validation)
    {
        if (request.Query[name] is not { Count: > 0 } values) return null;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        if (DateTimeOffset.TryParseExact(values.ToString(), formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at.ToUniversalTime();
        validation.Check(false, name, "must be a time such as 2026-01-31T12:00:00Z");
        return null;
    }
}
