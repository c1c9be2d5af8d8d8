using System.Diagnostics;

namespace TikTok.Core.Telemetry;

/// <summary>The product's spans. While nobody listens to <see cref="Source"/> none are made, and starting one costs a field's read.</summary>
public static class Tracing
{
    public const string Name = "TikTok";

    public static readonly ActivitySource Source = new(Name);

    /// <summary>Begins the span of work that a message asked for: in the sender's trace, linked to whatever was under way here.</summary>
    /// <param name="sender">What the message carried; default when nothing.</param>
    public static Activity? StartConsumer(string name, ActivityContext sender) => Start(name, ActivityKind.Consumer, sender);

    /// <summary>
    /// Begins a span in the trace that <paramref name="traceParent"/> names, whoever comes to do the work: what the blob trigger or a sweep hands over for
    /// a video belongs to the trace in which its creator completed it.
    /// </summary>
    /// <param name="traceParent">W3C <c>traceparent</c>; null or malformed: the current trace.</param>
    public static Activity? StartWithin(string name, string? traceParent) => Start(
        name, ActivityKind.Internal, ActivityContext.TryParse(traceParent, null, isRemote: true, out var origin) ? origin : default);

    /// <summary>Marks a span as failed, with the exception as its event.</summary>
    public static void Fail(this Activity? activity, Exception exception)
    {
        if (activity is null) return;
        activity.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        activity.AddException(exception.WithoutData());
    }

    private static Activity? Start(string name, ActivityKind kind, ActivityContext origin)
    {
        if (!Source.HasListeners()) return null;
        if (origin == default || Activity.Current?.TraceId == origin.TraceId) return Source.StartActivity(name, kind);
        IEnumerable<ActivityLink>? links = Activity.Current is { } here ? [new ActivityLink(here.Context)] : null;
        return Source.StartActivity(name, kind, origin, links: links);
    }
}
