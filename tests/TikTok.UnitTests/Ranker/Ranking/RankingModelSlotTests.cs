using TikTok.Ranker.Ranking;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class RankingModelSlotTests
{
    [Fact]
    public void Before_the_first_model_there_is_none()
    {
        using var slot = new RankingModelSlot();
        using var use = slot.Take();

        Assert.Null(use.Model);
        Assert.Null(slot.Version);
    }

    [Fact]
    public void A_replaced_model_is_disposed_when_its_last_user_is_done()
    {
        using var slot = new RankingModelSlot();
        var old = new FakeModel(1);
        slot.Replace(old);
        var first = slot.Take();
        var second = slot.Take();

        slot.Replace(new FakeModel(2));
        first.Dispose();

        Assert.False(old.IsDisposed);
        Assert.Same(old, second.Model);
        Assert.Equal(2, slot.Version);
        second.Dispose();
        Assert.True(old.IsDisposed);
    }

    [Fact]
    public void A_model_that_nobody_uses_goes_at_once()
    {
        using var slot = new RankingModelSlot();
        var old = new FakeModel(1);
        slot.Replace(old);
        slot.Take().Dispose();

        slot.Replace(new FakeModel(2));

        Assert.True(old.IsDisposed);
    }

    [Fact]
    public void The_last_model_goes_with_the_slot()
    {
        var slot = new RankingModelSlot();
        var model = new FakeModel(1);
        slot.Replace(model);

        slot.Dispose();

        Assert.True(model.IsDisposed);
        Assert.Null(slot.Take().Model);
    }

    [Fact]
    public async Task While_models_come_and_go_every_request_has_one_that_lives()
    {
        var slot = new RankingModelSlot();
        List<FakeModel> models = [new(0)];
        slot.Replace(models[0]);
        var isOver = false;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var (requests, last) = (0L, 0L);
            var inputs = new RankingInputs(1) { Count = 1 };
            var predictions = new float[Heads.Count];
            while (!Volatile.Read(ref isOver) || requests == 0)
            {
                using var use = slot.Take();
                use.Model!.Score(inputs, predictions);
                Assert.True(use.Model.Version >= last);
                last = use.Model.Version;
                requests++;
            }
            return last;
        })).ToList();

        for (var version = 1; version <= 2000; version++)
        {
            models.Add(new FakeModel(version));
            slot.Replace(models[^1]);
            if (version % 50 == 0) await Task.Yield();
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(readers);
        slot.Dispose();

        Assert.All(models, model => Assert.Equal(1, model.Disposals));
    }

    private sealed class FakeModel(long version) : IRankingModel
    {
        private int _disposals;

        public long Version => version;

        public int Disposals => Volatile.Read(ref _disposals);

        public bool IsDisposed => Disposals > 0;

        public void Score(RankingInputs inputs, Span<float> predictions)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            predictions.Fill(version);
            ObjectDisposedException.ThrowIf(IsDisposed, this);
        }

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
