using TikTok.Ranker.Ranking;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class BatchingRankingModelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_request_that_comes_alone_runs_alone_and_at_once()
    {
        var inner = new FakeBatchModel();
        inner.Gate.Set();
        using var model = new BatchingRankingModel(inner);

        var predictions = await Ask(model, marker: 7, videos: 3);

        Assert.Equal(3 * Heads.Count, predictions.Length);
        Assert.All(predictions, value => Assert.Equal(7, value));
        Assert.Equal([1], inner.Runs);
    }

    [Fact]
    public async Task What_comes_during_a_run_goes_together_in_the_next_and_each_gets_its_own()
    {
        var inner = new FakeBatchModel();
        using var model = new BatchingRankingModel(inner);

        var answers = await AskDuringARun(model, inner, videosOfEach: [1, 2, 3, 4, 5]);

        for (var n = 0; n < 5; n++)
        {
            Assert.Equal((n + 1) * Heads.Count, answers[n].Length);
            Assert.All(answers[n], value => Assert.Equal(n, value));
        }
        Assert.Equal([1, 5], inner.Runs);
    }

    [Fact]
    public async Task A_run_takes_no_more_people_than_it_may()
    {
        var inner = new FakeBatchModel();
        using var model = new BatchingRankingModel(inner, maxPeople: 2);

        await AskDuringARun(model, inner, videosOfEach: [1, 1, 1, 1, 1]);

        Assert.Equal([1, 2, 2, 1], inner.Runs);
    }

    [Fact]
    public async Task A_run_takes_no_more_videos_than_it_may_unless_one_request_has_them_all()
    {
        var inner = new FakeBatchModel();
        using var model = new BatchingRankingModel(inner, maxVideos: 10);

        await AskDuringARun(model, inner, videosOfEach: [10, 10, 11]);

        Assert.Equal([1, 1, 1, 1], inner.Runs);
    }

    [Fact]
    public async Task A_run_that_fails_fails_for_those_in_it_and_for_nobody_else()
    {
        var inner = new FakeBatchModel { Failures = 1 };
        inner.Gate.Set();
        using var model = new BatchingRankingModel(inner);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask(model, marker: 1, videos: 1));

        Assert.All(await Ask(model, marker: 2, videos: 1), value => Assert.Equal(2, value));
    }

    [Fact]
    public async Task Under_load_every_request_gets_its_own()
    {
        var inner = new FakeBatchModel();
        inner.Gate.Set();
        using var model = new BatchingRankingModel(inner, maxPeople: 3);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            var inputs = Inputs(n, 1 + n);
            for (var i = 0; i < 50; i++) Assert.All(PlainDlrm.Score(model, inputs), value => Assert.Equal(n, value));
        })));

        Assert.Equal(200, inner.Runs.Sum());
        Assert.Equal(0, model.Waiting);
    }

    /// <summary>One request runs; the others come in the given order while it does; then the run ends.</summary>
    private static async Task<float[][]> AskDuringARun(BatchingRankingModel model, FakeBatchModel inner, int[] videosOfEach)
    {
        var first = Ask(model, marker: 1000, videos: 1);
        Assert.True(inner.HasBegun.Wait(Patience));
        var later = new List<Task<float[]>>();
        foreach (var videos in videosOfEach)
        {
            later.Add(Ask(model, later.Count, videos));
            Assert.True(SpinWait.SpinUntil(() => model.Waiting == later.Count, Patience));
        }

        inner.Gate.Set();
        await first;
        return await Task.WhenAll(later);
    }

    private static Task<float[]> Ask(BatchingRankingModel model, float marker, int videos) =>
        Task.Factory.StartNew(() => PlainDlrm.Score(model, Inputs(marker, videos)), TaskCreationOptions.LongRunning);

    private static RankingInputs Inputs(float marker, int videos)
    {
        var inputs = new RankingInputs(videos) { Count = videos };
        inputs.UserDense[0] = marker;
        return inputs;
    }

    /// <summary>Predicts each person's marker.</summary>
    private sealed class FakeBatchModel : IBatchRankingModel
    {
        private readonly List<int> _runs = [];

        public ManualResetEventSlim Gate { get; } = new();

        public ManualResetEventSlim HasBegun { get; } = new();

        public int Failures { get; set; }

        /// <summary>People in each run.</summary>
        public IReadOnlyList<int> Runs => _runs;

        public long Version => 1;

        public void Score(RankingInputs inputs, Span<float> predictions) => Score([inputs], predictions);

        public void Score(IReadOnlyList<RankingInputs> people, Span<float> predictions)
        {
            _runs.Add(people.Count);
            HasBegun.Set();
            Assert.True(Gate.Wait(Patience));
            if (Failures-- > 0) throw new InvalidOperationException("The device is gone.");
            Assert.Equal(people.Sum(p => p.Count) * Heads.Count, predictions.Length);
            var first = 0;
            foreach (var person in people)
            {
                predictions.Slice(first * Heads.Count, person.Count * Heads.Count).Fill(person.UserDense[0]);
                first += person.Count;
            }
        }

        public void Dispose()
        {
        }
    }
}
