using System.Collections.Concurrent;
using System.Diagnostics;
using TikTok.Core.Telemetry;

namespace TikTok.UnitTests.Telemetry;

/// <summary>Listens to the product's spans; those of other tests are told apart by their trace.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public RecordedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(activity => activity.TraceId == trace)];

    public void Dispose() => _listener.Dispose();
}

/// <summary>What listens to the process, and what must not be listened to, takes turns.</summary>
[CollectionDefinition(nameof(ListeningTests), DisableParallelization = true)]
public sealed class ListeningTests;
