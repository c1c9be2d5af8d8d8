using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by the clock.</summary>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>NCRONTAB of six fields (seconds first), a time span <c>hh:mm:ss</c>, or <c>%setting%</c>.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Remembers occurrences in blob storage, so that one missed while the app was down is made up for.</summary>
    public bool UseMonitor { get; set; } = true;

    public bool RunOnStartup { get; set; }
}

/// <summary>What a timer function is told about its schedule.</summary>
public class TimerInfo
{
    /// <summary>Null when the schedule is not monitored.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>True when this execution is later than the schedule said.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>Occurrences of a schedule, in UTC.</summary>
public class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
