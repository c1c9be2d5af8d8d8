using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class PersonAffinityTests : IDisposable
{
    private readonly TowerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_is_like_the_watched_is_liked_and_what_is_like_the_skipped_is_not_however_many_things_these_are()
    {
        var rows = new[] { "cats", "cars", "cakes", "clay" }.SelectMany(tag => Enumerable.Range(0, 6).Select(i => _world.Add($"{tag}{i}", [tag]))).ToArray();
        var unknown = _world.Add("stranger", ["chess"]);
        _world.Renew(all: true);
        var person = _world.Watcher([rows[0], rows[1], rows[12], rows[13]], skipped: [rows[6], rows[7], rows[18], rows[19]]);

        Assert.All([rows[3], rows[15]], row => Assert.True(Affinity(person, row) > 0.1));
        Assert.All([rows[9], rows[21]], row => Assert.True(Affinity(person, row) < -0.05));
        Assert.InRange(Affinity(person, unknown), -0.05, 0.05);
    }

    [Fact]
    public void Of_somebody_of_whom_nothing_is_known_there_is_nothing_to_say()
    {
        var row = _world.Add("a", ["cats"]);
        _world.Renew();

        Assert.Equal(0, Affinity(new PersonView(), row));
    }

    [Fact]
    public void Chosen_interests_count_as_watched_until_the_history_is_full()
    {
        var cat = _world.Add("a", ["cats"]);
        var car = _world.Add("b", ["cars"]);
        _world.Renew();
        var person = _world.Watcher([], [], "cats");

        Assert.True(Affinity(person, cat) > 0.1);
        Assert.True(Affinity(person, cat) > Affinity(person, car) + 0.1);
        person.Swipes = PersonView.HistoryCapacity;
        Assert.Equal(0, Affinity(person, cat));
    }

    [Fact]
    public void What_was_made_of_it_lately_counts_more_than_what_was_made_of_it_before()
    {
        var cats = Enumerable.Range(0, 49).Select(i => _world.Add($"creator{i}", ["cats"])).ToArray();
        _world.Renew(all: true);

        // The newest are those skipped.
        Assert.True(Affinity(_world.Watcher(cats.Take(24), skipped: cats.Skip(24).Take(24)), cats[48]) < 0.1);
        Assert.True(Affinity(_world.Watcher(cats.Take(24)), cats[48]) > 0.4);
    }

    [Fact]
    public void It_is_the_mean_outcome_above_everybodys_weighed_by_likeness_and_age()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 50).Select(_ => _world.Add($"creator{random.Next(9)}", [$"tag{random.Next(6)}", $"tag{random.Next(6)}"])).ToArray();
        _world.Renew(all: true);
        var person = _world.Watcher(rows.Take(9), rows.Skip(9).Take(11));
        const double Usual = (0.4 * -0.5) + (0.6 * -0.25) + 0.5;

        foreach (var row in rows)
        {
            var (sum, weights, age) = (0.0, 0.0, 0);
            foreach (var entry in person.History)
            {
                var weight = Math.Exp(8 * (Cosine(row, _world.Videos.Find(entry.Video)) - 1)) * Math.Pow(2, -++age / 24.0);
                sum += weight * ((entry.Signals == SwipeSignals.Skipped ? -0.5 : 0.75) - Usual);
                weights += weight;
            }
            Assert.Equal(sum / (weights + 0.3), Affinity(person, row), 0.02);
        }
    }

    [Fact]
    public void To_watch_what_everybody_watches_says_less_of_taste_than_to_skip_it_and_the_other_way_round()
    {
        var (beloved, skipped) = (_world.Add("beloved", ["cats"]), _world.Add("skipped", ["cars"]));
        var (cat, car) = (_world.Add("a", ["cats"]), _world.Add("b", ["cars"]));
        _world.Renew(all: true);
        _world.Videos.Write(beloved).Statistics = new VideoStatistics { Impressions = 1_000, WatchRatio = 950, Skips = 50 };
        _world.Videos.Write(skipped).Statistics = new VideoStatistics { Impressions = 1_000, WatchRatio = 100, Skips = 900 };

        var watcher = _world.Watcher([beloved, skipped]);
        var skipper = _world.Watcher([], [beloved, skipped]);

        Assert.InRange(Affinity(watcher, cat), 0, -Affinity(skipper, cat) / 5);
        Assert.InRange(-Affinity(skipper, car), 0, Affinity(watcher, car) / 5);
    }

    [Fact]
    public void It_stays_within_one_whatever_is_in_the_table()
    {
        var rows = Enumerable.Range(0, 20).Select(i => _world.Add($"creator{i % 3}", [$"tag{i % 4}"])).ToArray();
        var random = new Random(5);
        foreach (var row in rows)
        {
            var own = new float[_world.Space.Dimensions];
            foreach (ref var value in own.AsSpan()) value = random.Next(4) switch { 0 => float.NaN, 1 => 1e30f, 2 => -1e30f, _ => 0 };
            _world.Towers.Writer.Put(_world.Videos[row].Video, own);
        }
        _world.Renew(all: true);
        var affinities = new float[rows.Length];

        _world.Space.Affinities(_world.Watcher(rows.Take(8), rows.Skip(8)), rows, affinities);

        Assert.All(affinities, affinity => Assert.InRange(affinity, -1, 1));
    }

    [Fact]
    public void Asking_for_many_allocates_nothing()
    {
        var rows = Enumerable.Range(0, 300).Select(i => _world.Add($"creator{i % 30}", [$"tag{i % 20}"])).ToArray();
        _world.Renew(all: true);
        var person = _world.Watcher(rows.Take(40), rows.Skip(40).Take(24));
        var affinities = new float[rows.Length];
        _world.Space.Affinities(person, rows, affinities);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 5; i++) _world.Space.Affinities(person, rows, affinities);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private float Affinity(PersonView person, int row)
    {
        Span<float> affinity = [float.NaN];
        _world.Space.Affinities(person, [row], affinity);
        return affinity[0];
    }

    private double Cosine(int one, int other)
    {
        var (a, b) = (new float[_world.Space.Dimensions], new float[_world.Space.Dimensions]);
        _world.Towers.Compose(_world.Videos[one], _world.Space.Words[one], a);
        _world.Towers.Compose(_world.Videos[other], _world.Space.Words[other], b);
        return System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(a.AsSpan(..^TowerVector.Extra), b.AsSpan(..^TowerVector.Extra));
    }
}
