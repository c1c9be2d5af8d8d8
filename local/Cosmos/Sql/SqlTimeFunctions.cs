using System.Globalization;
using static TikTok.Local.Cosmos.Sql.SqlFunctionTable;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// Date and time functions. Moments are ISO 8601 strings in UTC with seven decimals (<c>2026-11-21T09:00:00.0000000Z</c>),
/// timestamps are milliseconds and ticks are 100 ns, both since 1970.
/// </summary>
internal static class SqlTimeFunctions
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static IReadOnlyList<SqlFunctionEntry> All { get; } =
    [
        Clock("GETCURRENTDATETIME", Text),
        Clock("GETCURRENTDATETIMESTATIC", Text),
        Clock("GETCURRENTTIMESTAMP", Timestamp),
        Clock("GETCURRENTTIMESTAMPSTATIC", Timestamp),
        Clock("GETCURRENTTICKS", Ticks),
        Clock("GETCURRENTTICKSSTATIC", Ticks),
        Entry("DATETIMETOTIMESTAMP", 1, arguments => Moment(arguments[0], out var moment) ? Timestamp(moment) : default),
        Entry("DATETIMETOTICKS", 1, arguments => Moment(arguments[0], out var moment) ? Ticks(moment) : default),
        Entry("TIMESTAMPTODATETIME", 1, arguments => FromEpoch(arguments[0], TimeSpan.TicksPerMillisecond)),
        Entry("TICKSTODATETIME", 1, arguments => FromEpoch(arguments[0], 1)),
        Entry("DATETIMEADD", 3, Add),
        Entry("DATETIMEDIFF", 3, Difference),
        Entry("DATETIMEPART", 2, Part),
        Entry("DATETIMEFROMPARTS", 3, 7, FromParts),
    ];

    private static SqlFunctionEntry Clock(string name, Func<DateTime, SqlValue> convert) =>
        new(name, 0, 0, context =>
        {
            var now = convert(context.Time.GetUtcNow().UtcDateTime);
            return _ => now;
        });

    private static SqlValue Text(DateTime moment) => SqlValue.Of(moment.ToString(Format, CultureInfo.InvariantCulture));

    private static SqlValue Timestamp(DateTime moment) => SqlValue.Of((double)((moment - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond));

    private static SqlValue Ticks(DateTime moment) => SqlValue.Of((double)(moment - DateTime.UnixEpoch).Ticks);

    private static bool Moment(SqlValue value, out DateTime moment)
    {
        moment = default;
        return value.Kind == SqlKind.String && DateTime.TryParse(
            value.String, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out moment);
    }

    private static SqlValue FromEpoch(SqlValue value, long ticks)
    {
        if (value.Kind != SqlKind.Number) return default;
        var offset = value.Number * ticks;
        return offset >= (DateTime.MinValue - DateTime.UnixEpoch).Ticks && offset <= (DateTime.MaxValue - DateTime.UnixEpoch).Ticks
            ? Text(DateTime.UnixEpoch.AddTicks((long)offset))
            : default;
    }

    private static SqlValue Add(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || arguments[1].Kind != SqlKind.Number || !Moment(arguments[2], out var moment)) return default;
        var amount = Math.Truncate(arguments[1].Number);
        if (Math.Abs(amount) > int.MaxValue) return default;
        try
        {
            return Unit(arguments[0].String) switch
            {
                "year" => Text(moment.AddYears((int)amount)),
                "month" => Text(moment.AddMonths((int)amount)),
                { } unit when Span(unit) is { } span => Text(moment.AddTicks((long)amount * span)),
                _ => default,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return default;
        }
    }

    /// <summary>Counts the boundaries of the unit that lie between the two moments.</summary>
    private static SqlValue Difference(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || !Moment(arguments[1], out var from) || !Moment(arguments[2], out var to)) return default;
        return Unit(arguments[0].String) switch
        {
            "year" => SqlValue.Of((double)(to.Year - from.Year)),
            "month" => SqlValue.Of((double)((to.Year - from.Year) * 12 + to.Month - from.Month)),
            { } unit when Span(unit) is { } span => SqlValue.Of((double)(to.Ticks / span - from.Ticks / span)),
            _ => default,
        };
    }

    private static SqlValue Part(SqlValue[] arguments)
    {
        if (arguments[0].Kind != SqlKind.String || !Moment(arguments[1], out var moment)) return default;
        var fraction = moment.Ticks % TimeSpan.TicksPerSecond;
        return Unit(arguments[0].String) switch
        {
            "year" => SqlValue.Of((double)moment.Year),
            "month" => SqlValue.Of((double)moment.Month),
            "day" => SqlValue.Of((double)moment.Day),
            "hour" => SqlValue.Of((double)moment.Hour),
            "minute" => SqlValue.Of((double)moment.Minute),
            "second" => SqlValue.Of((double)moment.Second),
            "millisecond" => SqlValue.Of((double)(fraction / TimeSpan.TicksPerMillisecond)),
            "microsecond" => SqlValue.Of((double)(fraction / TimeSpan.TicksPerMicrosecond)),
            "nanosecond" => SqlValue.Of((double)(fraction * 100)),
            _ => default,
        };
    }

    private static SqlValue FromParts(SqlValue[] arguments)
    {
        if (!Array.TrueForAll(arguments, argument => argument.Kind == SqlKind.Number && double.IsInteger(argument.Number) && Math.Abs(argument.Number) < 1e9))
            return default;
        int At(int index) => index < arguments.Length ? (int)arguments[index].Number : 0;
        if (At(6) is < 0 or > 9_999_999) return default;
        try
        {
            return Text(new DateTime(At(0), At(1), At(2), At(3), At(4), At(5), DateTimeKind.Utc).AddTicks(At(6)));
        }
        catch (ArgumentOutOfRangeException)
        {
            return default;
        }
    }

    private static string? Unit(string name) => name.ToLowerInvariant() switch
    {
        "year" or "yyyy" or "yy" => "year",
        "month" or "mm" or "m" => "month",
        "day" or "dd" or "d" => "day",
        "hour" or "hh" => "hour",
        "minute" or "mi" or "n" => "minute",
        "second" or "ss" or "s" => "second",
        "millisecond" or "ms" => "millisecond",
        "microsecond" or "mcs" => "microsecond",
        "nanosecond" or "ns" => "nanosecond",
        _ => null,
    };

    private static long? Span(string unit) => unit switch
    {
        "day" => TimeSpan.TicksPerDay,
        "hour" => TimeSpan.TicksPerHour,
        "minute" => TimeSpan.TicksPerMinute,
        "second" => TimeSpan.TicksPerSecond,
        "millisecond" => TimeSpan.TicksPerMillisecond,
        "microsecond" => TimeSpan.TicksPerMicrosecond,
        _ => null,
    };
}
