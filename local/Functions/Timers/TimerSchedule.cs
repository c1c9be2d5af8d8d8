using System.Globalization;
using NCrontab;

namespace TikTok.Local.Functions.Timers;

/// <summary>When a timer fires, in UTC: NCRONTAB with six fields (seconds first) or five, or a constant time span.</summary>
internal abstract class TimerSchedule
{
    /// <summary>The first occurrence after an instant.</summary>
    public abstract DateTimeOffset Next(DateTimeOffset after);

    /// <exception cref="CrontabException">The text is neither.</exception>
    public static TimerSchedule Parse(string text)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var interval))
        {
            return interval > TimeSpan.Zero
                ? new Constant(interval)
                : throw new CrontabException($"The schedule '{text}' has no positive interval.");
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return new Cron(text, CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 }));
    }

    private sealed class Constant(TimeSpan interval) : TimerSchedule
    {
        public override DateTimeOffset Next(DateTimeOffset after) => after + interval;
    }

    private sealed class Cron(string text, CrontabSchedule schedule) : TimerSchedule
    {
        public override DateTimeOffset Next(DateTimeOffset after)
        {
            var next = schedule.GetNextOccurrence(after.UtcDateTime, DateTime.MaxValue);
            return next == DateTime.MaxValue
                ? throw new InvalidOperationException($"The schedule '{text}' has no further occurrence.")
                : new DateTimeOffset(next, TimeSpan.Zero);
        }
    }
}
