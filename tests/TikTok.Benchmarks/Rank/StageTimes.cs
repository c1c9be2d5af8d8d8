using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using TikTok.Benchmarks.Harness;
using TikTok.Core.Telemetry;

namespace TikTok.Benchmarks.Rank;

/// <summary>What the ranker itself measures of its stages and requests, as it goes to telemetry, while this is listening.</summary>
internal sealed class StageTimes : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> _milliseconds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private long _requests;
    private long _candidates;

    public StageTimes()
    {
        Instrument[] instruments = [Metrics.RankStageDuration, Metrics.RankDuration, Metrics.RankCandidates];
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instruments.Contains(instrument)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (tags.Length == 0) return;
            var tag = (string)tags[0].Value!;
            if (instrument == Metrics.RankDuration) _outcomes.AddOrUpdate(tag, 1, (_, count) => count + 1);
            else _milliseconds.GetOrAdd(tag, _ => []).Add(value * 1_000);
        });
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) =>
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _candidates, value);
        });
        _listener.Start();
    }

    /// <summary>Candidates of the mean request.</summary>
    public double Candidates => _candidates / (double)_requests;

    /// <summary>How many requests ended in which way.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public Latencies Of(string stage) => new(_milliseconds.GetValueOrDefault(stage) ?? []);

    public void Clear()
    {
        _milliseconds.Clear();
        _outcomes.Clear();
        (_requests, _candidates) = (0, 0);
    }

    public void Dispose() => _listener.Dispose();
}
