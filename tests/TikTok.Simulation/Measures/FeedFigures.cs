namespace TikTok.Simulation.Measures;

/// <summary>What a feed comes to, of what people did with it.</summary>
public sealed class FeedFigures
{
    private readonly Dictionary<Person, Tally> _people = [];
    private readonly HashSet<SwipeSession> _sessions = [];
    private readonly HashSet<int> _shown = [];
    private readonly Func<Creator, bool> _isNew;
    private long _newShown;

    /// <param name="isNew">Which creators count as new.</param>
    public FeedFigures(Func<Creator, bool> isNew) => _isNew = isNew;

    public long Swipes { get; private set; }

    public long Likes { get; private set; }

    public long Comments { get; private set; }

    public long Shares { get; private set; }

    /// <summary>Seconds.</summary>
    public Estimate WatchPerSession => PerPerson(t => t.Seconds / t.Sessions);

    /// <summary>0 to 1.</summary>
    public Estimate SkipRate => PerPerson(t => t.Skips / (double)t.Swipes);

    /// <summary>What people had of a video, which no feed is told: unlike watch time and ratio, not to be had by choosing long videos or short ones.</summary>
    public Estimate Pleasure => PerPerson(t => t.Pleasure / t.Swipes);

    /// <summary>Of the videos shown, in seconds.</summary>
    public Estimate Length => PerPerson(t => t.Length / t.Swipes);

    public Estimate WatchRatio => PerPerson(t => t.Ratio / t.Swipes);

    /// <summary>Distinct videos that anybody saw.</summary>
    public int VideosShown => _shown.Count;

    /// <summary>The share of what was shown that is of new creators, 0 to 1.</summary>
    public double NewCreatorShare => _newShown / (double)Swipes;

    public void Add(Impression impression)
    {
        if (!_people.TryGetValue(impression.Person, out var tally)) _people[impression.Person] = tally = new Tally();
        if (_sessions.Add(impression.Session)) tally.Sessions++;
        tally.Swipes++;
        tally.Seconds += impression.Viewing.WatchedMs / 1_000.0;
        tally.Ratio += impression.Ratio;
        tally.Pleasure += impression.Viewing.Pleasure;
        tally.Length += impression.Clip.LengthMs / 1_000.0;
        tally.Skips += impression.IsSkip ? 1 : 0;
        Swipes++;
        Likes += impression.Viewing.Liked ? 1 : 0;
        Comments += impression.Viewing.Commented ? 1 : 0;
        Shares += impression.Viewing.Shared ? 1 : 0;
        _newShown += _isNew(impression.Clip.Creator) ? 1 : 0;
        _shown.Add(impression.Clip.Number);
    }

    private Estimate PerPerson(Func<Tally, double> figure) => Estimate.Of(_people.Values.Select(figure));

    private sealed class Tally
    {
        public int Sessions;
        public int Swipes;
        public int Skips;
        public double Seconds;
        public double Ratio;
        public double Pleasure;
        public double Length;
    }
}
