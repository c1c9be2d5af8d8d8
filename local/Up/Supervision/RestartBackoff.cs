namespace TikTok.Local.Up.Supervision;

/// <summary>How long a service that died waits before it starts again: 0.2 s, doubling to 10 s, and from the beginning after half a minute of health.</summary>
public sealed class RestartBackoff
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Health = TimeSpan.FromSeconds(30);

    private TimeSpan _next = First;

    /// <param name="ranFor">How long the process that just died had been ready.</param>
    public TimeSpan Next(TimeSpan ranFor)
    {
        if (ranFor >= Health) _next = First;
        var delay = _next;
        _next = _next * 2 > Longest ? Longest : _next * 2;
        return delay;
    }
}
