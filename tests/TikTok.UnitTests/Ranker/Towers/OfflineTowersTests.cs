using TikTok.Ranker.Training.Retrieval;
using TikTok.Ranker.Training.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class OfflineTowersTests : IDisposable
{
    private static readonly OfflineTowerOptions Quick = new() { Choose = false, Towers = new TwoTowerOptions { Epochs = 12, BatchSize = 32, Averaging = 0.9f } };

    private readonly TowerWorld _world = new();
    private readonly List<int>[] _groups = [[], []];

    public OfflineTowersTests()
    {
        for (var i = 0; i < 60; i++)
        {
            _groups[0].Add(_world.Add($"a{i}", [$"left{i % 5}"]));
            _groups[1].Add(_world.Add($"b{i}", [$"right{i % 5}"]));
        }
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_the_retrieval_trainer_learned_is_what_the_space_finds_by()
    {
        Assert.True(Train(Quick));

        var share = Enumerable.Range(0, 20).Average(person =>
        {
            var group = _groups[person % 2];
            return _world.Nearest(_world.Embed(_world.Watcher([group[person], group[person + 20]])), 40).Average(row => group.Contains(row) ? 1.0 : 0);
        });
        Assert.InRange(share, 0.95, 1);
    }

    [Fact]
    public void A_video_uploaded_after_the_training_lies_where_its_hashtag_was_learned_to_lie()
    {
        Train(Quick);

        // Nobody watched a video with both hashtags; only people's taste joins them.
        var fresh = _world.Add("newcomer", ["left1"]);
        _world.Renew(all: true);
        var others = _world.Embed(_world.Watcher(_groups[0].Where(row => row / 2 % 5 != 1).Take(5)));

        Assert.True(_world.Similarity(others, fresh) > _groups[1].Max(row => _world.Similarity(others, row)));
    }

    [Fact]
    public void The_same_log_makes_the_same_towers()
    {
        Train(Quick);
        var first = _world.Embed(_world.Watcher([0, 2, 4]));
        Train(Quick, seed: 3);

        Assert.Equal(first, _world.Embed(_world.Watcher([0, 2, 4])));
    }

    [Fact]
    public void More_than_is_allowed_is_left_out_and_served_by_its_features()
    {
        Assert.True(Train(Quick with { MaxVideos = 40, MaxPeople = 50, MaxPerPerson = 5 }));

        var row = new float[_world.Space.Dimensions];
        Assert.Equal(40, Enumerable.Range(0, 120).Count(video => _world.Towers.Writer.TryRead(_world.Videos[video].Video, row)));
    }

    [Fact]
    public void Of_nothing_nothing_is_learned()
    {
        Assert.Null(new OfflineTowers(_world.Videos, _world.Towers, _world.Space, Quick, _ => { }).Train([(1, 12345)], CancellationToken.None));
        Assert.Equal(0, _world.Towers.Size().Rows);
    }

    [Fact]
    public void The_fit_is_the_least_of_its_squares_and_penalty()
    {
        // Two samples of one feature alone and one of both: by hand, λ = 1.
        var x = SparseMatrix.Of(3, 2, [(0, 0, 1), (1, 1, 1), (2, 0, 1), (2, 1, 1)]);
        var y = new DenseMatrix(3, 1);
        (y.Values[0], y.Values[1], y.Values[2]) = (2, 1, 3);

        // (XᵀX + 1)w = Xᵀy: 3a + b = 5, a + 3b = 4.
        Assert.Equal([1.375f, 0.875f], RidgeRegression.Fit(x, y, 1).Values, (a, b) => MathF.Abs(a - b) < 1e-4);
    }

    private bool Train(OfflineTowerOptions options, int seed = 3)
    {
        var random = new Random(seed);
        var watched = Enumerable.Range(0, 150).SelectMany(person => Enumerable.Range(0, 8).Select(_ => (person + 1L, Video(_groups[person % 2][random.Next(60)])))).ToList();
        var write = new OfflineTowers(_world.Videos, _world.Towers, _world.Space, options, _ => { }).Train(watched, CancellationToken.None);
        write?.Invoke();
        _world.Renew(all: true);
        return write is not null;
    }

    private long Video(int row) => _world.Videos[row].Video;
}
