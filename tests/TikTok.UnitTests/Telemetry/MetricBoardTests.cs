using TikTok.Local.Telemetry;
using TikTok.Local.Telemetry.Otlp;

namespace TikTok.UnitTests.Telemetry;

public sealed class MetricBoardTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Counters_add_up_over_the_window_and_leave_it()
    {
        var board = new MetricBoard(_time);
        board.Add([Counter("errors", 2), Counter("errors", 3)]);
        _time.Advance(TimeSpan.FromMinutes(5));
        board.Add([Counter("errors", 1)]);

        var series = Assert.Single(Assert.Single(board.View()).Series);
        Assert.Equal(6, series.Total);
        Assert.Equal(MetricBoard.Intervals, series.Points.Count);
        Assert.Equal((5.0, 1.0), (series.Points.First(p => p is not null), series.Points[^1]));

        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, board.View()[0].Series[0].Total);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(board.View());
    }

    [Fact]
    public void Percentiles_are_interpolated_within_their_bucket_and_over_all_intervals()
    {
        var board = new MetricBoard(_time);
        board.Add([Histogram([50, 0, 0])]);
        _time.Advance(TimeSpan.FromSeconds(30));
        board.Add([Histogram([0, 50, 0])]);

        var series = board.View()[0].Series[0];
        Assert.Equal((100UL, 0.1), (series.Count, series.P50));
        Assert.Equal(0.91, series.P95!.Value, 3);
        Assert.Equal((50.0, 50.0), (series.Points[^4], series.Points[^1]));
    }

    [Fact]
    public void What_lies_beyond_the_last_bound_counts_as_the_bound()
    {
        var board = new MetricBoard(_time);
        board.Add([Histogram([0, 0, 4])]);

        Assert.Equal(1, board.View()[0].Series[0].P50);
    }

    [Fact]
    public void A_gauge_is_its_last_reading()
    {
        var board = new MetricBoard(_time);
        board.Add([Gauge(7)]);
        _time.Advance(TimeSpan.FromSeconds(30));
        board.Add([Gauge(3)]);

        Assert.Equal(3, board.View()[0].Series[0].Total);
    }

    [Fact]
    public void Beyond_the_limit_new_series_are_not_taken_and_times_out_of_the_window_do_no_harm()
    {
        var board = new MetricBoard(_time, maxSeries: 2);

        board.Add([Counter("a", 1), Counter("b", 1, at: 0), Counter("c", 1), Counter("a", 1, at: ulong.MaxValue)]);

        Assert.Equal(["a", "b"], board.View().Select(m => m.Name));
        Assert.Equal(2, board.View()[0].Series[0].Total);
    }

    private MetricPoint Counter(string name, double value, ulong? at = null) => new("functions", name, "1", MetricKind.Counter, "", at ?? Now, value, 0, [], []);

    private MetricPoint Gauge(double value) => new("functions", "depth", "1", MetricKind.Gauge, "", Now, value, 0, [], []);

    private MetricPoint Histogram(ulong[] buckets) =>
        new("functions", "latency", "s", MetricKind.Histogram, "", Now, 1, (ulong)buckets.Sum(b => (long)b), buckets, [0.1, 1]);

    private ulong Now => (ulong)_time.GetUtcNow().ToUnixTimeSeconds() * 1_000_000_000;
}
