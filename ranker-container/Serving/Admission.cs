namespace TikTok.Ranker.Serving;

/// <summary>
/// As many requests at work as there are cores, the others wait; but none that would not be done in time: it is told so at once. Work that nobody waits for any more
/// would only make the next ones late too.
/// </summary>
/// <param name="places">Requests at work at a time, at least 1.</param>
public sealed class Admission(int places)
{
    /// <summary>How much the newest request counts in <see cref="Typical"/>.</summary>
    private const double Newest = 0.05;

    private readonly SemaphoreSlim _places = new(places);
    private long _typicalTicks = TimeSpan.FromMilliseconds(10).Ticks;
    private int _waiting;

    /// <summary>What a request takes from its place to its answer, averaged over the last ones.</summary>
    public TimeSpan Typical => TimeSpan.FromTicks(Volatile.Read(ref _typicalTicks));

    public int Waiting => Volatile.Read(ref _waiting);

    /// <returns>Whether the request has a place, to be given back by <see cref="Leave"/>.</returns>
    public async ValueTask<bool> EnterAsync(RequestDeadline deadline)
    {
        if (_places.Wait(0)) return true;

        var typical = Typical;
        var ahead = Interlocked.Increment(ref _waiting);
        try
        {
            var patience = deadline.Remaining - typical;
            var expected = typical * ((double)ahead / places);
            return patience > expected && await _places.WaitAsync(patience);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Leave(TimeSpan took)
    {
        // Two that finish together may count as one.
        Volatile.Write(ref _typicalTicks, (long)((Volatile.Read(ref _typicalTicks) * (1 - Newest)) + (took.Ticks * Newest)));
        _places.Release();
    }
}
