using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Training.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

/// <summary>Two groups of people, each with videos that they like and the others skip at once. Everybody is shown videos of both.</summary>
internal sealed class Taste : IPersonViews
{
    private readonly Dictionary<long, List<HistoryEntry>> _histories = [];
    private readonly Random _random = new(5);
    private long _sequence;

    public Taste(TowerWorld world)
    {
        World = world;
        Published = new PublishedTowers(world.Towers, new OnlineTowerOptions(), new FakeTime());
        for (var i = 0; i < 100; i++)
        {
            Group[0].Add(world.Add($"a{i}", []));
            Group[1].Add(world.Add($"b{i}", []));
        }
        Trainer = NewTrainer();
    }

    public TowerWorld World { get; }

    /// <summary>Compares with nothing before it has taken a checkpoint.</summary>
    public PublishedTowers Published { get; }

    public List<int>[] Group { get; } = [[], []];

    public OnlineTowerTrainer Trainer { get; }

    // In large steps, for there are few events.
    public OnlineTowerTrainer NewTrainer() => new(World.Videos, World.Towers, World.Space, this, new OnlineTowerOptions { LearningRate = 0.1f }, Published);

    public void Swipe(int events)
    {
        for (var i = 0; i < events; i++)
        {
            var person = _random.Next(200);
            var group = _random.Next(2);
            Watch($"person{person}", Group[group][_random.Next(Group[group].Count)], liked: group == person % 2);
        }
        World.Renew(all: true);
    }

    public void Watch(string user, int row, bool liked)
    {
        Trainer.Apply(Logged(user, World.Videos.IdOf(row), liked));
        if (!_histories.TryGetValue(FeatureId.Of(Field.User, user), out var history)) _histories[FeatureId.Of(Field.User, user)] = history = [];
        history.Insert(0, new HistoryEntry(World.Videos[row].Video, liked ? 1 : 0.02f, liked ? SwipeSignals.Finished : SwipeSignals.Skipped, 1));
    }

    public LoggedInteraction Logged(string user, string videoId, bool liked) => new(
        new Interaction
        {
            Id = $"{_sequence}",
            Type = InteractionType.Watch,
            UserId = user,
            VideoId = videoId,
            At = DateTimeOffset.UnixEpoch,
            Watch = new WatchFacts(liked ? 15_000 : 300, 15_000, WatchSource.Fyp),
        },
        "0", _sequence++, DateTimeOffset.UnixEpoch);

    public float[] RowOf(int row)
    {
        var values = new float[World.Space.Dimensions];
        World.Towers.Writer.TryRead(World.Videos[row].Video, values);
        return values;
    }

    /// <summary>Of the 50 videos nearest to people who have watched a few of one group, how many are of that group.</summary>
    public double ShareOfGroup(int newcomers, int watched)
    {
        World.Renew(all: true);
        return Enumerable.Range(0, newcomers).Average(person =>
        {
            var group = Group[person % 2];
            var seen = Enumerable.Range(0, watched).Select(_ => group[_random.Next(group.Count)]);
            return World.Nearest(World.Embed(World.Watcher(seen)), 50).Average(row => group.Contains(row) ? 1.0 : 0);
        });
    }

    public void Read(long user, uint now, PersonView view)
    {
        view.Clear();
        if (!_histories.TryGetValue(user, out var history)) return;
        view.SetHistory(history.Take(PersonView.HistoryCapacity).ToArray());
        view.Swipes = history.Count;
    }
}
