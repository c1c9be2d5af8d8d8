namespace TikTok.Local.Functions.Queues;

/// <summary>
/// The pause between polls of a queue: the minimum after a message was found, then growing exponentially, spread at random so that many pollers
/// do not march in step, up to the maximum.
/// </summary>
internal sealed class PollingDelay(TimeSpan minimum, TimeSpan maximum, Func<double>? random = null)
{
    private const double Spread = 0.2;
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
    private TimeSpan _current;
    private int _misses;

    public static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(100);

    public TimeSpan Next(bool found)
    {
        if (found)
        {
            _misses = 0;
            return _current = minimum < maximum ? minimum : maximum;
        }

        if (_current < maximum)
        {
            var factor = 1 - Spread + (2 * Spread * _random());
            var grown = minimum + (_misses == 0 ? TimeSpan.Zero : minimum * (factor * Math.Pow(2, Math.Min(_misses, 40) - 1)));
            _misses++;
            _current = grown < maximum ? grown : maximum;
        }

        return _current;
    }
}
