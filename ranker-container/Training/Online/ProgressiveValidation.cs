using TikTok.Core.Telemetry;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// Progressive validation (Blum, Kalai and Langford, 1999): each example is predicted before it is learned from, so that every example is one of a test. Per head,
/// window after window of a number of examples. AUC goes by counts of predictions in bins that are equally wide in log-odds.
/// </summary>
/// <remarks>Recorded by one thread; <see cref="Series"/> may be read by any.</remarks>
/// <param name="window">Examples of a head.</param>
public sealed class ProgressiveValidation(int window)
{
    /// <summary>Windows that are kept.</summary>
    private const int MaxSeries = 10_000;

    private readonly Lock _reading = new();
    private readonly List<HeadQuality> _series = [];
    private readonly HeadWindow[] _windows = [.. Heads.All.Select(_ => new HeadWindow())];

    /// <summary>Windows that are full, oldest first.</summary>
    public IReadOnlyList<HeadQuality> Series
    {
        get
        {
            lock (_reading) return [.. _series];
        }
    }

    /// <summary>The last full window of a head; null before the first.</summary>
    public HeadQuality? Latest(Head head)
    {
        lock (_reading) return _series.FindLast(quality => quality.Head == head);
    }

    /// <summary>Measures the last full window of each head that has one.</summary>
    public void Report()
    {
        foreach (var quality in Heads.All.Select(Latest).OfType<HeadQuality>())
        {
            var head = new KeyValuePair<string, object?>("head", quality.Head.ToString().ToLowerInvariant());
            Metrics.ModelAuc.Record(quality.Auc, head);
            Metrics.ModelLogLoss.Record(quality.LogLoss, head);
            if (double.IsFinite(quality.Calibration)) Metrics.ModelCalibration.Record(quality.Calibration, head);
        }
    }

    public void Record(Head head, float prediction, float label, uint now)
    {
        var examples = _windows[(int)head];
        examples.Add(prediction, label);
        if (examples.Count < window) return;
        lock (_reading)
        {
            if (_series.Count == MaxSeries) _series.RemoveAt(0);
            _series.Add(examples.Quality(head, now));
        }
        examples.Clear();
    }

    /// <summary>Ends windows that are not full, for who wants all there is: a benchmark at its end.</summary>
    public void Complete(uint now)
    {
        lock (_reading)
        {
            _series.AddRange(Heads.All.Where(head => _windows[(int)head].Count > 0).Select(head => _windows[(int)head].Quality(head, now)));
        }
        foreach (var part in _windows) part.Clear();
    }

    private sealed class HeadWindow
    {
        private const int Bins = 1024;
        private const float MaxLogOdds = 12;

        private readonly double[] _positives = new double[Bins];
        private readonly double[] _negatives = new double[Bins];
        private double _loss;
        private double _predicted;
        private double _labels;

        public int Count { get; private set; }

        public void Add(float prediction, float label)
        {
            var p = Math.Clamp(prediction, 1e-7, 1 - 1e-7);
            var logOdds = Math.Log(p / (1 - p));
            var bin = Math.Clamp((int)((logOdds + MaxLogOdds) / (2 * MaxLogOdds) * Bins), 0, Bins - 1);

            // A label between 0 and 1 is a positive by that share, and a negative by the rest.
            _positives[bin] += label;
            _negatives[bin] += 1 - label;
            _loss -= (label * Math.Log(p)) + ((1 - label) * Math.Log(1 - p));
            _predicted += p;
            _labels += label;
            Count++;
        }

        public HeadQuality Quality(Head head, uint now) =>
            new(head, now, Count, _labels / Count, Auc(), _loss / Count, _labels > 0 ? _predicted / _labels : double.NaN);

        public void Clear()
        {
            Array.Clear(_positives);
            Array.Clear(_negatives);
            (_loss, _predicted, _labels, Count) = (0, 0, 0, 0);
        }

        private double Auc()
        {
            var (below, above, won) = (0.0, 0.0, 0.0);
            for (var bin = 0; bin < Bins; bin++)
            {
                won += _positives[bin] * (below + (_negatives[bin] / 2));
                below += _negatives[bin];
                above += _positives[bin];
            }
            return below > 0 && above > 0 ? won / (below * above) : 0.5;
        }
    }
}
