using TikTok.Simulation;
using TikTok.Simulation.Feeds;
using TikTok.Simulation.Measures;

namespace TikTok.Benchmarks.Simulate;

/// <summary>One feed in a world of its own: everything that is compared happens to each in the same way.</summary>
internal sealed class Contender
{
    /// <summary>Videos of a page: a feed is asked again after so many swipes.</summary>
    public const int PageSize = 4;

    private const int Days = 3;

    /// <summary>Those who live with the feed; in the end, the tastes of half of them change.</summary>
    private const int ActivePeople = 600;
    private const int NewPeople = 480;

    private readonly World _world;
    private readonly Crowd _crowd;
    private readonly FeedFigures _figures;
    private readonly SwipeCurve _quiz = new();
    private readonly SwipeCurve _noQuiz = new();

    private Contender(string name, World world, Crowd crowd, FeedFigures figures) => (Name, _world, _crowd, _figures) = (name, world, crowd, figures);

    public string Name { get; }

    public FeedFigures Figures => _figures;

    /// <summary>Of the videos that there were.</summary>
    public double Coverage => _figures.VideosShown / (double)_world.Clips.Count;

    /// <summary>New people who took the quiz.</summary>
    public SwipeCurve WithQuiz => _quiz;

    /// <summary>New people who did not.</summary>
    public SwipeCurve WithoutQuiz => _noQuiz;

    public TasteChange Change { get; private set; } = TasteChange.None;

    /// <summary>Plays everything with one feed.</summary>
    /// <param name="newFeed">A feed that knows nothing yet.</param>
    /// <param name="ready">What is to be done to it when it has been told the history.</param>
    public static async Task<Contender> PlayAsync(string name, History history, Func<World, SimulatedClock, IFeed> newFeed, Action<IFeed> ready, CancellationToken cancellationToken)
    {
        var world = history.NewWorld();
        var clock = new SimulatedClock(history.Options.Start);
        var feed = newFeed(world, clock);
        history.TellTo(feed, world, clock);
        ready(feed);

        // Events after the history continue its partitions.
        var crowd = new Crowd(world, feed, clock, history.NewLog(), PageSize);
        var contender = new Contender(name, world, crowd, new FeedFigures(creator => creator.JoinedAt >= history.Options.Start));
        await contender.LiveDaysAsync(cancellationToken);
        await contender.WelcomeAsync(feed, cancellationToken);
        await contender.ChangeTastesAsync(cancellationToken);
        (feed as IDisposable)?.Dispose();
        return contender;
    }

    private async Task LiveDaysAsync(CancellationToken cancellationToken)
    {
        for (var day = 0; day < Days; day++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _crowd.NextDay();
            await _crowd.TodayAsync(_world.People.Take(ActivePeople), _figures.Add);
        }
    }

    private async Task WelcomeAsync(IFeed feed, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _crowd.NextDay();
        var sessions = new List<SwipeSession>();
        for (var i = 0; i < NewPeople; i++)
        {
            var at = _world.Today.AddMinutes(i * 2);
            var person = _world.Join(at, takesQuiz: i % 2 == 0);
            feed.Join(person.Profile);
            sessions.Add(new SwipeSession(_world, person, at, SwipeCurve.Length));
        }
        await _crowd.RunAsync(sessions, impression => (impression.Person.Profile.Interests.Count > 0 ? _quiz : _noQuiz).Add(impression));
    }

    private async Task ChangeTastesAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _crowd.NextDay();
        var people = _world.People.Take(ActivePeople).ToList();
        foreach (var person in people.Where(IsChanged)) _world.ChangeTaste(person);
        Change = new TasteChange(new SwipeCurve(), new SwipeCurve());
        await _crowd.RunAsync(
            people.Select((person, i) => new SwipeSession(_world, person, _world.Today.AddHours(12).AddSeconds(i * 30), SwipeCurve.Length)),
            impression => (IsChanged(impression.Person) ? Change.Changed : Change.Unchanged).Add(impression));

        // Every second one of those who took the quiz, and of those who did not.
        static bool IsChanged(Person person) => person.Number / 2 % 2 == 0;
    }
}
