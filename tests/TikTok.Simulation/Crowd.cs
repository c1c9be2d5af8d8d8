using TikTok.Core.Events;
using TikTok.Simulation.Feeds;

namespace TikTok.Simulation;

/// <summary>
/// People who use a feed at the same time: a page is asked for when it is due, so that what one person did a minute ago is known when the next one asks.
/// </summary>
/// <param name="pageSize">Videos of a page. A new one is asked for when all of the last one were seen.</param>
public sealed class Crowd(World world, IFeed feed, SimulatedClock clock, SimulatedLog log, int pageSize)
{
    private readonly Dictionary<Person, int> _swipes = [];
    private readonly List<LoggedInteraction> _events = [];

    /// <summary>Every event, as it happens: for whoever learns beside the feed.</summary>
    public Action<LoggedInteraction>? Logged { get; set; }

    /// <summary>Before the person sees the video.</summary>
    public Action<Person, Clip>? Showing { get; set; }

    /// <summary>A day passes in the world, and the feed is told what was published.</summary>
    public void NextDay()
    {
        foreach (var clip in world.NextDay()) Publish(clip);
        clock.MoveTo(world.Today);
    }

    public void Publish(Clip clip)
    {
        feed.Publish(clip.Document);
        var published = log.Published(clip);
        feed.Observe(published);
        Logged?.Invoke(published);
    }

    /// <summary>The sessions of one day for those people.</summary>
    public Task TodayAsync(IEnumerable<Person> people, Action<Impression> observe) =>
        RunAsync(people.SelectMany(person => world.SessionsToday(person).Select(start => new SwipeSession(world, person, start))), observe);

    public async Task RunAsync(IEnumerable<SwipeSession> sessions, Action<Impression> observe)
    {
        var due = new PriorityQueue<(SwipeSession Session, List<string> Seen), (DateTimeOffset, int)>();
        foreach (var session in sessions) due.Enqueue((session, []), (session.Now, session.Person.Number));
        while (due.TryDequeue(out var next, out _))
        {
            clock.MoveTo(next.Session.Now);
            if (await PageAsync(next.Session, next.Seen, observe) && !next.Session.IsOver) due.Enqueue(next, (next.Session.Now, next.Session.Person.Number));
        }
    }

    /// <returns>Whether there was anything to see.</returns>
    private async ValueTask<bool> PageAsync(SwipeSession session, List<string> seen, Action<Impression> observe)
    {
        var page = await feed.NextAsync(session.Person.Profile.UserId, pageSize, seen, session.Now);
        foreach (var videoId in page)
        {
            var clip = world.Find(videoId);
            seen.Add(videoId);
            Showing?.Invoke(session.Person, clip);
            var viewing = session.Watch(clip);
            var swipe = _swipes[session.Person] = _swipes.GetValueOrDefault(session.Person) + 1;
            log.Append(session, clip, viewing, _events);
            foreach (var logged in _events)
            {
                feed.Observe(logged);
                Logged?.Invoke(logged);
            }
            _events.Clear();
            observe(new Impression(session, clip, viewing, swipe));
            if (session.IsOver) break;
        }
        return page.Count > 0;
    }
}

/// <summary>A video that was on somebody's screen, and what came of it.</summary>
/// <param name="Swipe">The person's, of all in this crowd, from 1.</param>
public readonly record struct Impression(SwipeSession Session, Clip Clip, Viewing Viewing, int Swipe)
{
    public Person Person => Session.Person;

    /// <summary>As the ranker counts it: watched ÷ length, 0 to 2.</summary>
    public float Ratio => Ranker.Videos.Swipe.Ratio(Viewing.WatchedMs, Clip.LengthMs);

    public bool IsSkip => Ranker.Videos.Swipe.IsSkip(Viewing.WatchedMs, Ratio);

    public bool IsFinish => Ratio >= Ranker.Videos.Swipe.FinishRatio;
}
