using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

public sealed class HnswDeletionTests
{
    private const int Dimension = 16;

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    public void What_is_deleted_is_never_found_and_the_rest_still_is(double sweepAt)
    {
        var vectors = TestVectors.Clustered(1_200, Dimension, seed: 1);
        using var index = TestIndex.Of(vectors, TestIndex.Options(Dimension) with { SweepAt = sweepAt });
        bool Stays(ulong label) => label % 3 != 0;

        for (ulong i = 0; i < 1_200; i += 3) Assert.True(index.Delete(i));

        Assert.Equal(800, index.Count);
        var right = 0;
        for (var q = 0; q < 50; q++)
        {
            var found = index.Find(vectors[q], 10).Labels();
            Assert.All(found, label => Assert.True(Stays(label)));
            Assert.Equal(10, found.Length);
            right += found.Intersect(vectors.Nearest(vectors[q], 10, TestVectors.Cosine, Stays)).Count();
        }

        Assert.InRange(right / 500.0, 0.95, 1);
        Assert.DoesNotContain(Enumerable.Range(0, 1_200).Where(i => Stays((ulong)i)), i => !index.Find(vectors[i], 3).Labels().Contains((ulong)i));
    }

    [Fact]
    public void Insert_under_a_label_that_is_there_replaces_its_vector()
    {
        using var index = HnswIndex.Create(TestIndex.Options(2));
        index.Insert(1, [1, 0]);
        index.Insert(2, [0, 1]);

        index.Insert(1, [-1, 0]);

        Assert.Equal(2, index.Count);
        var vector = new float[2];
        Assert.True(index.TryGet(1, vector));
        Assert.Equal([-1, 0], vector);
        var matches = index.Find([1, 0], 5);
        Assert.Equal([2UL, 1UL], matches.Labels());
        Assert.Equal(2, matches[1].Distance, 1e-6);
    }

    [Fact]
    public void Delete_of_a_label_that_is_not_there_does_nothing()
    {
        using var index = HnswIndex.Create(TestIndex.Options(2));
        index.Insert(1, [1, 0]);

        Assert.False(index.Delete(2));
        Assert.True(index.Delete(1));
        Assert.False(index.Delete(1));
        Assert.False(index.Contains(1));
        Assert.False(index.TryGet(1, new float[2]));
    }

    [Fact]
    public void An_index_that_was_emptied_can_be_filled_again()
    {
        var vectors = TestVectors.Random(300, Dimension, seed: 2);
        using var index = TestIndex.Of(vectors);
        for (ulong i = 0; i < 300; i++) index.Delete(i);
        Assert.Empty(index.Find(vectors[0], 10));

        // Some before the sweep, among nothing but deleted ones; the others after it.
        for (var i = 0; i < 150; i++) index.Insert((ulong)i, vectors[i]);
        index.Sweep();
        for (var i = 150; i < 300; i++) index.Insert((ulong)i, vectors[i]);

        Assert.Equal(300, index.Count);
        Assert.DoesNotContain(Enumerable.Range(0, 300), i => index.Find(vectors[i], 1).Labels() is not [var label] || label != (ulong)i);
    }

    [Fact]
    public void Replacing_everything_over_and_over_takes_no_more_memory_and_keeps_the_recall()
    {
        const int Count = 400;
        var options = TestIndex.Options(8) with { M = 8, EfConstruction = 20 };
        using var index = HnswIndex.Create(options);
        var vectors = TestVectors.Random(Count, 8, seed: 3);
        for (var i = 0; i < Count; i++) index.Insert((ulong)i, vectors[i]);

        // More than the slots of the first chunk of memory.
        for (var round = 0; round < 45; round++)
        {
            vectors = TestVectors.Random(Count, 8, seed: 100 + round);
            for (var i = 0; i < Count; i++) index.Insert((ulong)i, vectors[i]);
        }

        Assert.Equal(Count, index.Count);
        Assert.InRange(index.Deleted, 0, 64);
        using var once = TestIndex.Of(vectors, options);
        Assert.InRange(index.Bytes, 0, (long)(1.05 * once.Bytes));
        var right = Enumerable.Range(0, 50).Sum(q => index.Find(vectors[q], 10).Labels().Intersect(vectors.Nearest(vectors[q], 10, TestVectors.Cosine)).Count());
        Assert.InRange(right / 500.0, 0.97, 1);
    }

    [Fact]
    public void Any_order_of_insertions_deletions_and_sweeps_leaves_what_a_dictionary_would_hold()
    {
        var steps = Gen.Frequency(
            (6, Gen.Choose(0, 40).Select(label => (Kind: 'i', Label: (ulong)label))),
            (4, Gen.Choose(0, 40).Select(label => (Kind: 'd', Label: (ulong)label))),
            (1, Gen.Constant((Kind: 's', Label: 0UL)))).ListOf(120);
        var vectors = TestVectors.Random(200, 8, seed: 4);
        Prop.ForAll(steps.ToArbitrary(), list =>
        {
            using var index = HnswIndex.Create(TestIndex.Options(8) with { M = 4, EfConstruction = 20 });
            var expected = new Dictionary<ulong, float[]>();
            var next = 0;
            foreach (var (kind, label) in list)
            {
                if (kind == 's') index.Sweep();
                else if (kind == 'd') Assert.Equal(expected.Remove(label), index.Delete(label));
                else index.Insert(label, expected[label] = vectors[next++ % 200]);
            }

            var found = index.Find(vectors[0], 60, ef: 60).Labels();
            return found.Order().SequenceEqual(expected.Keys.Order())
                && expected.All(one => index.Contains(one.Key) && index.Find(one.Value, 1)[0].Distance < 1e-5);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2, 1));
    }
}
