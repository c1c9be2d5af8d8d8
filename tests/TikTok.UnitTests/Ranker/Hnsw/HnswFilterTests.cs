using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

public sealed class HnswFilterTests : IDisposable
{
    private const int Count = 3_000;
    private const int Dimension = 16;

    private readonly TestVectors _vectors = TestVectors.Clustered(Count, Dimension, seed: 1);
    private readonly HnswIndex _index;

    public HnswFilterTests() => _index = TestIndex.Of(_vectors, TestIndex.Options(Dimension) with { EfConstruction = 60 });

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Filtered_results_all_pass_and_are_as_many_as_asked_where_there_are_enough()
    {
        var cases = from query in Gen.Choose(0, Count - 1)
                    from k in Gen.Choose(1, 100)
                    from every in Gen.Elements(1, 2, 7, 50, 500, Count, 2 * Count)
                    select (query, k, every);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            bool Allowed(ulong label) => label % (ulong)one.every == (ulong)(one.every / 2);

            var found = _index.Find(_vectors[one.query], one.k, Allowed).Labels();

            var there = Enumerable.Range(0, Count).Count(i => Allowed((ulong)i));
            return found.All(Allowed) && found.Distinct().Count() == Math.Min(one.k, there);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(1, 1));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(300)]
    public void Filtered_search_finds_nearly_all_true_neighbours_that_pass(int every)
    {
        bool Allowed(ulong label) => label % (ulong)every == 0;
        var found = Enumerable.Range(0, 30).Sum(q => _index.Find(_vectors[q], 10, Allowed, ef: 100).Labels()
            .Intersect(_vectors.Nearest(_vectors[q], 10, TestVectors.Cosine, Allowed)).Count());

        Assert.InRange(found / (30.0 * Math.Min(10, Count / every)), 0.97, 1);
    }

    [Fact]
    public void Bits_allow_the_labels_whose_bit_is_set_and_none_beyond()
    {
        var bits = new LabelBits([1UL << 5, 1UL]);

        Assert.Equal([5UL, 64UL], Enumerable.Range(0, 300).Select(i => (ulong)i).Where(bits.Allows));
        Assert.False(bits.Allows(ulong.MaxValue));
    }
}
