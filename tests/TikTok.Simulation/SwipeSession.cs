namespace TikTok.Simulation;

/// <summary>Somebody with the app open: they swipe until they have had enough or have no more time.</summary>
public sealed class SwipeSession
{
    /// <summary>From one video to the next, in milliseconds.</summary>
    private const int SwipeMs = 400;

    private const int MaxSwipes = 150;

    private readonly World _world;
    private readonly int _number;
    private readonly int? _swipes;
    private readonly DateTimeOffset _until;
    private readonly int[] _lately = new int[Behaviour.SatiationWindow];
    private float _mood;

    /// <param name="swipes">Exactly so many swipes, whatever the mood; null: for as long as it pleases.</param>
    public SwipeSession(World world, Person person, DateTimeOffset start, int? swipes = null)
    {
        (_world, Person, Now, _swipes) = (world, person, start, swipes);
        _number = (int)(start.ToUnixTimeSeconds() - world.Options.Start.ToUnixTimeSeconds());
        var noise = Noise.Of(world.Options.Seed, NoiseOf.Leaving, person.Number, _number);
        _until = start.AddMinutes(10 * MathF.Exp(0.6f * noise.Normal()));
        Array.Fill(_lately, -1);
        Id = $"{person.Number}-{_number}";
    }

    public Person Person { get; }

    public string Id { get; }

    public DateTimeOffset Now { get; private set; }

    public int Swipes { get; private set; }

    public long WatchedMs { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>The next video.</summary>
    public Viewing Watch(Clip clip)
    {
        var noise = Noise.Of(_world.Options.Seed, NoiseOf.Viewing, Person.Number, clip.Number);
        var (pleasure, style) = _world.Pleasure(Person, clip);
        var same = 0;
        foreach (var topic in _lately) same += topic == clip.Topic ? 1 : 0;
        pleasure += (Behaviour.Whim * noise.Normal()) - (Behaviour.Satiation * Math.Max(0, same - Behaviour.SatiationFree));
        var viewing = Behaviour.View(ref noise, pleasure, clip.LengthMs, style);

        _lately[Swipes % _lately.Length] = clip.Topic;
        _mood = (Behaviour.MoodMemory * _mood) + ((1 - Behaviour.MoodMemory) * Math.Clamp(pleasure, -2, 2));
        Swipes++;
        WatchedMs += viewing.WatchedMs;
        Now = Now.AddMilliseconds(viewing.WatchedMs + SwipeMs);
        var leaving = Noise.Of(_world.Options.Seed, NoiseOf.Leaving, Person.Number, _number + (Swipes * 100_003));
        IsOver = _swipes is { } swipes
            ? Swipes >= swipes
            : Swipes >= MaxSwipes || Now >= _until || leaving.Chance(Behaviour.Sigmoid(Behaviour.Leave - (Behaviour.LeaveSlope * _mood)));
        return viewing;
    }
}
