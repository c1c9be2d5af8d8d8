namespace TikTok.Benchmarks.Prefetch;

/// <summary>
/// The challenge's network: one download at a time at the bandwidth of a trace, 95 % of it payload, 80 ms more for each request. Its time is that of
/// downloads only: it stands still while nothing is downloaded, and during the round trip.
/// </summary>
public sealed class Link(NetworkTrace trace)
{
    public const double PayloadShare = 0.95;
    public const double RoundTripMs = 80;
    private const double BytesPerMegabit = 125_000;

    private int _row = 1;
    private double _seconds = trace.Seconds[0];

    /// <returns>Milliseconds, rounded to the nearest.</returns>
    public long Download(double bytes)
    {
        double sent = 0, elapsed = 0;
        while (true)
        {
            var rate = trace.Mbps[_row] * BytesPerMegabit;
            var duration = trace.Seconds[_row] - _seconds;
            var payload = rate * duration * PayloadShare;
            if (sent + payload > bytes)
            {
                var last = (bytes - sent) / rate / PayloadShare;
                _seconds += last;
                return (long)Math.Floor((elapsed + last) * 1000 + RoundTripMs + 0.5);
            }

            sent += payload;
            elapsed += duration;
            _seconds = trace.Seconds[_row];
            if (++_row < trace.Mbps.Count) continue;
            _row = 1;
            _seconds = 0;
        }
    }
}
