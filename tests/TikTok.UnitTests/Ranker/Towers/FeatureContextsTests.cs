using System.Numerics.Tensors;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Training.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class FeatureContextsTests : IDisposable
{
    private readonly TowerWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Hashtags_that_no_video_has_both_of_lie_together_when_the_same_creators_use_them()
    {
        for (var i = 0; i < 60; i++) _world.Add($"{(i % 2 == 0 ? "cook" : "driver")}{i % 10}", [i % 2 == 0 ? i % 4 == 0 ? "pasta" : "risotto" : i % 4 == 1 ? "rally" : "drift"]);
        var before = Cosine("pasta", "risotto");

        Learn();

        Assert.InRange(before, -0.4, 0.4);
        Assert.True(Cosine("pasta", "risotto") > 0.7);
        Assert.True(Cosine("pasta", "rally") < 0.4);
    }

    [Fact]
    public void A_new_video_with_nothing_but_a_known_sound_lies_with_the_topic_of_the_sound()
    {
        for (var i = 0; i < 30; i++) _world.Add($"cook{i % 6}", ["pasta"], sound: $"sizzle{i % 3}");
        for (var i = 0; i < 30; i++) _world.Add($"driver{i % 6}", ["rally"], sound: $"engine{i % 3}");
        Learn();

        var fresh = _world.Add("newcomer", [], sound: "engine0");
        var rally = _world.Add("another", ["rally"], sound: "quiet");
        var pasta = _world.Add("third", ["pasta"], sound: "silent");
        _world.Renew(all: true);

        Assert.True(Cosine(fresh, rally) > Cosine(fresh, pasta) + 0.2);
    }

    [Fact]
    public void What_stands_beside_everything_brings_nothing_together()
    {
        for (var i = 0; i < 40; i++) _world.Add($"creator{i}", ["fyp", i < 20 ? "pasta" : "rally"]);

        Learn();

        Assert.True(Cosine("pasta", "rally") < 0.6);
    }

    [Fact]
    public void What_is_not_listed_teaches_nothing()
    {
        for (var i = 0; i < 20; i++) _world.Unlist(_world.Add("spam", ["pasta", "rally"]));

        Assert.Equal(0, Learn());
    }

    [Fact]
    public void Learning_again_from_the_same_videos_moves_nothing()
    {
        for (var i = 0; i < 40; i++) _world.Add($"creator{i % 7}", [$"tag{i % 5}", $"tag{i % 3}"], sound: $"sound{i % 4}");
        Assert.True(Learn() > 10);
        var version = _world.Towers.Version;

        Assert.Equal(0, Learn());

        Assert.Equal(version, _world.Towers.Version);
    }

    [Fact]
    public void What_was_learned_from_people_is_added_to_it_and_not_lost()
    {
        for (var i = 0; i < 40; i++) _world.Add($"creator{i % 7}", ["pasta", $"tag{i % 3}"]);
        var row = new float[_world.Space.Dimensions];
        row[0] = 1;
        _world.Towers.Writer.Put(TowerWorld.Hashtag("pasta"), row);
        var own = Vector("pasta")[0];

        Learn();

        Assert.True(_world.Towers.Writer.TryRead(TowerWorld.Hashtag("pasta"), row));
        Assert.Equal(1, row[0]);
        Assert.NotEqual(own, Vector("pasta")[0]);
    }

    [Fact]
    public void Feature_by_feature_the_content_is_as_long_with_a_context_as_without()
    {
        for (var i = 0; i < 2_000; i++) _world.Add($"creator{i % 300}", [$"tag{i % 50}", $"tag{i % 51}"], sound: $"sound{i % 40}");
        Learn();

        var lengths = Enumerable.Range(0, 50).Select(i => TensorPrimitives.Norm<float>(Vector($"tag{i}").AsSpan(..^TowerVector.Extra))).ToList();

        Assert.Equal(_world.Towers.Options.CoinLength, lengths.Average(), 0.4);
    }

    private int Learn() => new FeatureContexts(_world.Videos, _world.Towers, _world.Space).Learn(CancellationToken.None)();

    private float[] Vector(string hashtag)
    {
        var vector = new float[_world.Space.Dimensions];
        _world.Towers.ComposeInterests([TowerWorld.Hashtag(hashtag)], vector);
        return vector;
    }

    private float Cosine(string one, string other) =>
        TensorPrimitives.CosineSimilarity<float>(Vector(one).AsSpan(..^TowerVector.Extra), Vector(other).AsSpan(..^TowerVector.Extra));

    private float Cosine(int one, int other)
    {
        var (a, b) = (new float[_world.Space.Dimensions], new float[_world.Space.Dimensions]);
        _world.Towers.Compose(_world.Videos[one], _world.Space.Words[one], a);
        _world.Towers.Compose(_world.Videos[other], _world.Space.Words[other], b);
        return TensorPrimitives.CosineSimilarity<float>(a.AsSpan(..^TowerVector.Extra), b.AsSpan(..^TowerVector.Extra));
    }
}
