using TikTok.Ranker.Training.Retrieval;

namespace TikTok.UnitTests.Ranker.Retrieval;

public class RetrievalTrainerTests
{
    private const int Groups = 6;
    private const int Users = 180;
    private const int Items = 120;

    /// <summary>Nobody watched these while training; they look like those of their group.</summary>
    private const int FirstNewItem = 96;

    private static readonly TwoTowerOptions Options = new() { Dimensions = 8, Epochs = 30, BatchSize = 32, Averaging = 0.9f, Neighbours = 5 };

    private readonly SparseMatrix _train;
    private readonly SparseMatrix _test;
    private readonly DenseMatrix _features;

    /// <summary>People of six groups who watch what belongs to their group, item mod 6, and look at it as well: pictures differ by group, with noise.</summary>
    public RetrievalTrainerTests()
    {
        var random = new Random(5);
        var train = new List<(int, int)>();
        var test = new List<(int, int)>();
        for (var user = 0; user < Users; user++)
        {
            var own = Enumerable.Range(0, FirstNewItem).Where(item => item % Groups == user % Groups).ToArray();
            random.Shuffle(own);
            train.AddRange(own[..4].Select(item => (user, item)));
            test.Add((user, own[4]));
        }
        _train = SparseMatrix.OfPairs(Users, Items, train);
        _test = SparseMatrix.OfPairs(Users, Items, test);
        _features = DenseMatrix.Random(Items, 10, 0.2f, random);
        for (var item = 0; item < Items; item++) _features.Row(item)[item % Groups] += 1;
    }

    [Fact]
    public void Training_beats_popularity_where_tastes_differ()
    {
        var model = Train(Options);
        var popular = new DenseMatrix(Items, 1);
        foreach (var (_, item, _) in _train.Entries()) popular.Values[item]++;
        var anybody = new DenseMatrix(Users, 1);
        Array.Fill(anybody.Values, 1);

        var ours = AllItemRanking.Measure(model.UserVectors(_train), model.Items, _train, _test);
        var popularity = AllItemRanking.Measure(anybody, popular, _train, _test);

        Assert.True(ours.Recall > 2 * popularity.Recall, $"{ours} against {popularity}");
        Assert.True(ours.Recall > 0.8, $"{ours}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_and_another_seed_another()
    {
        var model = Train(Options with { Epochs = 3 });

        Assert.Equal(model.Items.Values, Train(Options with { Epochs = 3 }).Items.Values);
        Assert.NotEqual(model.Items.Values, Train(Options with { Epochs = 3, Seed = 2 }).Items.Values);
    }

    [Fact]
    public void Items_nobody_has_watched_are_found_by_what_they_look_like()
    {
        var model = Train(Options);
        var user = model.UserVector(_train.ColumnsOf(0));

        int[] bySimilarity = [.. Enumerable.Range(FirstNewItem, Items - FirstNewItem).OrderByDescending(item => Score(user, model, item))];

        Assert.True(bySimilarity[..4].Count(item => item % Groups == 0) >= 3, string.Join(' ', bySimilarity));
    }

    [Fact]
    public void Models_joined_score_what_they_score_together()
    {
        var (first, second) = (Train(Options with { Epochs = 2 }), Train(Options with { Epochs = 2, Seed = 2 }));
        var joined = TwoTowerModel.Joined([first, second]);
        var watched = _train.ColumnsOf(3);

        for (var item = 0; item < Items; item++)
        {
            var together = Score(first.UserVector(watched), first, item) + Score(second.UserVector(watched), second, item);
            Assert.Equal(together, Score(joined.UserVector(watched), joined, item), 4);
        }
    }

    [Fact]
    public void Without_features_training_rests_on_interactions_alone()
    {
        var trainer = new RetrievalTrainer([], _ => { });
        var model = trainer.Train(_train, Options, members: 1, CancellationToken.None);

        Assert.True(AllItemRanking.Measure(model.UserVectors(_train), model.Items, _train, _test).Recall > 0.6);
    }

    [Fact]
    public void Held_out_items_are_taken_from_training_and_never_a_users_last()
    {
        var (train, validation) = RetrievalTrainer.HoldOut(_train, seed: 1);

        Assert.NotEqual(0, validation.Count);
        Assert.Equal(_train.Entries(), train.Entries().Concat(validation.Entries()).OrderBy(e => e.Row).ThenBy(e => e.Column));
        for (var user = 0; user < Users; user++) Assert.True(train.CountOf(user) > 0 && validation.CountOf(user) <= 1);
    }

    [Fact]
    public void Held_out_is_the_latest_item_where_it_is_known()
    {
        int[] latest = [.. Enumerable.Range(0, Users).Select(user => _train.ColumnsOf(user)[^1])];

        var (_, validation) = RetrievalTrainer.HoldOut(_train, seed: 1, latest);

        Assert.NotEqual(0, validation.Count);
        Assert.All(validation.Entries(), held => Assert.Equal(latest[held.Row], held.Column));
    }

    [Fact]
    public void Choosing_gives_the_number_of_epochs_that_ranked_validation_best()
    {
        var (train, validation) = RetrievalTrainer.HoldOut(_train, seed: 1);

        var chosen = new RetrievalTrainer([_features], _ => { }).Choose(train, validation, Options with { Epochs = 10 }, CancellationToken.None);

        Assert.InRange(chosen.Epochs, 2, 10);
    }

    [Fact]
    public void Choosing_scales_popularity_down_where_what_was_popular_is_not_watched_any_more()
    {
        // Everybody watched one of three hits as well, which nobody watches in the end.
        var hits = Enumerable.Range(0, Users).Select(user => (user, FirstNewItem + (user % 7 % 3)));
        var train = SparseMatrix.OfPairs(Users, Items, _train.Entries().Select(e => (e.Row, e.Column)).Concat(hits));

        var chosen = new RetrievalTrainer([], _ => { }).Choose(train, _test, Options with { Epochs = 6 }, CancellationToken.None);

        Assert.InRange(chosen.PopularityScale, 0, 0.8f);
    }

    [Fact]
    public void A_smaller_popularity_scale_changes_biases_and_nothing_else()
    {
        var model = Train(Options with { Epochs = 2 });
        var scaled = Train(Options with { Epochs = 2, PopularityScale = 0.5f });

        for (var item = 0; item < Items; item++)
        {
            Assert.Equal(model.Items.Row(item)[..^1], scaled.Items.Row(item)[..^1]);
            Assert.Equal(model.Items.Row(item)[^1] / 2, scaled.Items.Row(item)[^1], 6);
        }
    }

    private static float Score(float[] user, TwoTowerModel model, int item) => user.Zip(model.Items.Row(item).ToArray(), (a, b) => a * b).Sum();

    private TwoTowerModel Train(TwoTowerOptions options) => new RetrievalTrainer([_features], _ => { }).Train(_train, options, members: 1, CancellationToken.None);
}
