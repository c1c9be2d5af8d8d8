using TikTok.Ranker.Ranking;
using TikTok.Simulation;
using TikTok.Simulation.Feeds;
using TikTok.Simulation.Measures;

namespace TikTok.Benchmarks.Simulate;

/// <summary>
/// A week in which tastes and fashions drift, and creators and videos come up. People see random and popular videos, so that what is predicted is not what a model chose itself; one
/// model goes on learning from it, and one that stopped at its beginning predicts the same swipes.
/// </summary>
internal sealed class DriftingWeek
{
    private const int Days = 7;
    private const int People = 350;
    private const int PageSize = 10;

    private readonly AreaUnderCurve[,] _curves = new AreaUnderCurve[Models, Heads.Count];
    private const int Models = 2;

    private DriftingWeek()
    {
        for (var model = 0; model < Models; model++)
        {
            for (var head = 0; head < Heads.Count; head++) _curves[model, head] = new AreaUnderCurve();
        }
    }

    public long Swipes { get; private set; }

    public double Online(Head head) => _curves[0, (int)head].Value();

    public double Frozen(Head head) => _curves[1, (int)head].Value();

    /// <param name="online">Told the history, and learning.</param>
    /// <param name="frozen">Told the history, and learning no more.</param>
    public static async Task<DriftingWeek> LiveAsync<TFeed>(History history, World world, SimulatedClock clock, TFeed online, TFeed frozen, CancellationToken cancellationToken)
        where TFeed : IFeed, IPredictions
    {
        var week = new DriftingWeek();
        var shown = new MixedFeed(history.Options.Seed + 1);
        history.TellTo(shown, world, new SimulatedClock(history.Options.Start));
        var predictions = new float[Models * Heads.Count];
        var crowd = new Crowd(world, new Watched(shown, online, frozen), clock, history.NewLog(), PageSize)
        {
            Showing = (person, clip) =>
            {
                online.Predict(person.Profile.UserId, clip.Document.VideoId, predictions.AsSpan(0, Heads.Count));
                frozen.Predict(person.Profile.UserId, clip.Document.VideoId, predictions.AsSpan(Heads.Count));
            },
        };
        for (var day = 0; day < Days; day++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            crowd.NextDay();
            await crowd.TodayAsync(world.People.Take(People), impression => week.Add(impression, predictions));
        }
        return week;
    }

    private void Add(Impression impression, float[] predictions)
    {
        Swipes++;
        foreach (var head in Heads.All)
        {
            var happened = head switch
            {
                Head.Finish => impression.IsFinish,
                Head.WatchRatio => impression.Ratio >= 1,
                Head.Like => impression.Viewing.Liked,
                Head.Share => impression.Viewing.Shared,
                Head.Comment => impression.Viewing.Commented,
                Head.Follow => impression.Viewing.Followed,
                Head.Skip => impression.IsSkip,
                _ => throw new InvalidOperationException($"Nothing is known of the head {head}."),
            };
            for (var model = 0; model < Models; model++) _curves[model, (int)head].Add(predictions[(model * Heads.Count) + (int)head], happened);
        }
    }

    /// <summary>One feed that is shown, and others that see what came of it.</summary>
    private sealed class Watched(IFeed shown, params IFeed[] watching) : IFeed
    {
        public string Name => shown.Name;

        public void Publish(Core.Documents.Video video)
        {
            shown.Publish(video);
            foreach (var feed in watching) feed.Publish(video);
        }

        public void Join(Profile profile)
        {
            shown.Join(profile);
            foreach (var feed in watching) feed.Join(profile);
        }

        public ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now) =>
            shown.NextAsync(userId, count, session, now);

        public void Observe(Core.Events.LoggedInteraction logged)
        {
            shown.Observe(logged);
            foreach (var feed in watching) feed.Observe(logged);
        }
    }
}
