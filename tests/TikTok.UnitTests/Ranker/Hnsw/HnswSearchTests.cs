using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

public sealed class HnswSearchTests
{
    private const int Dimension = 24;

    [Theory]
    [InlineData(HnswMetric.Cosine, HnswQuantization.None, false, 0.97)]
    [InlineData(HnswMetric.Cosine, HnswQuantization.None, true, 0.97)]
    [InlineData(HnswMetric.Cosine, HnswQuantization.Int8, false, 0.95)]
    [InlineData(HnswMetric.Cosine, HnswQuantization.Int8, true, 0.95)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.None, false, 0.97)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.None, true, 0.97)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.Int8, false, 0.95)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.Int8, true, 0.95)]
    public void Search_finds_nearly_all_true_neighbours(HnswMetric metric, HnswQuantization quantization, bool clustered, double atLeast)
    {
        var vectors = clustered ? TestVectors.Clustered(2_000, Dimension, seed: 1) : TestVectors.Random(2_000, Dimension, seed: 1);
        var queries = clustered ? TestVectors.Clustered(50, Dimension, seed: 1) : TestVectors.Random(50, Dimension, seed: 2);
        Func<float[], float[], float> distance = metric == HnswMetric.Cosine ? TestVectors.Cosine : TestVectors.SquaredEuclidean;
        using var index = TestIndex.Of(vectors, TestIndex.Options(Dimension) with { Metric = metric, Quantization = quantization });

        var found = Enumerable.Range(0, queries.Count)
            .Sum(q => index.Find(queries[q], 10, ef: 100).Labels().Intersect(vectors.Nearest(queries[q], 10, distance)).Count());

        Assert.InRange(found / (10.0 * queries.Count), atLeast, 1);
    }

    [Theory]
    [InlineData(HnswMetric.Cosine, HnswQuantization.None, 1e-5)]
    [InlineData(HnswMetric.Cosine, HnswQuantization.Int8, 0.02)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.None, 1e-3)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.Int8, 2)]
    public void Search_answers_nearest_first_with_the_metrics_distance(HnswMetric metric, HnswQuantization quantization, double within)
    {
        // Neither a whole cache line nor a whole register.
        var vectors = TestVectors.Random(300, 37, seed: 3);
        using var index = TestIndex.Of(vectors, TestIndex.Options(37) with { Metric = metric, Quantization = quantization });

        var matches = index.Find(vectors[7], 20);

        Assert.Equal(20, matches.Length);
        Assert.Equal(matches.OrderBy(match => match.Distance), matches);
        Assert.All(matches, match =>
        {
            var (a, b) = (vectors[7], vectors[(int)match.Label]);
            var expected = metric == HnswMetric.Cosine ? TestVectors.Cosine(a, b) : TestVectors.SquaredEuclidean(a, b);
            Assert.Equal(expected, match.Distance, within);
        });
    }

    [Theory]
    [InlineData(HnswQuantization.None)]
    [InlineData(HnswQuantization.Int8)]
    public void Every_vector_inserted_is_found_by_itself(HnswQuantization quantization)
    {
        var vectors = TestVectors.Clustered(2_000, Dimension, seed: 4);
        using var index = TestIndex.Of(vectors, TestIndex.Options(Dimension) with { Quantization = quantization });

        var lost = Enumerable.Range(0, vectors.Count).Where(i => !index.Find(vectors[i], 3).Labels().Contains((ulong)i));

        Assert.Empty(lost);
    }

    [Fact]
    public void Search_answers_with_all_there_are_when_asked_for_more()
    {
        var vectors = TestVectors.Random(200, Dimension, seed: 5);
        using var index = TestIndex.Of(vectors);

        var matches = index.Find(vectors[0], 300, ef: 10);

        Assert.Equal(200, matches.Labels().Distinct().Count());
        Assert.Equal(200, matches.Length);
    }

    [Fact]
    public void Search_of_an_empty_index_finds_nothing()
    {
        using var index = HnswIndex.Create(TestIndex.Options(Dimension));

        Assert.Empty(index.Find(new float[Dimension], 10));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Search_allocates_nothing()
    {
        var vectors = TestVectors.Random(500, Dimension, seed: 6);
        using var index = TestIndex.Of(vectors);
        index.Delete(3);
        var matches = new HnswMatch[10];
        var even = new LabelBits([.. Enumerable.Repeat(0x5555_5555_5555_5555UL, 8)]);
        Ask();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) Ask();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Ask()
        {
            index.Search(vectors[1], matches, 50);
            index.Search(vectors[1], matches, 50, even);
        }
    }

    [Fact]
    public void Vectors_of_zeros_and_many_the_same_do_not_break_it()
    {
        using var index = HnswIndex.Create(TestIndex.Options(4));
        for (ulong i = 0; i < 200; i++) index.Insert(i, i % 2 == 0 ? [0, 0, 0, 0] : [1, 0, 0, 0]);

        var matches = index.Find([1, 0, 0, 0], 200);

        Assert.Equal(200, matches.Labels().Distinct().Count());
        Assert.All(matches[..100], match => Assert.Equal(1UL, match.Label % 2));
        Assert.All(matches[100..], match => Assert.Equal(1, match.Distance));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_component_that_is_not_finite_is_refused(float component)
    {
        using var index = HnswIndex.Create(TestIndex.Options(2));

        Assert.Throws<ArgumentException>(() => index.Insert(1, [1, component]));
        Assert.Throws<ArgumentException>(() => index.Find([1, component], 1));
        Assert.Throws<ArgumentException>(() => index.Find([1, 2, 3], 1));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => HnswIndex.Create(new HnswOptions { Dimension = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => HnswIndex.Create(new HnswOptions { Dimension = 8, M = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => HnswIndex.Create(new HnswOptions { Dimension = 8, EfConstruction = 3 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => HnswIndex.Create(new HnswOptions { Dimension = 8, SweepAt = 0 }));
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1f)]
    [InlineData(1e30f)]
    public void Cosine_does_not_depend_on_the_length(float length)
    {
        foreach (var quantization in Enum.GetValues<HnswQuantization>())
        {
            using var index = HnswIndex.Create(TestIndex.Options(3) with { Quantization = quantization });
            index.Insert(1, [length, length, 0]);

            var match = Assert.Single(index.Find([2 * length, 0, 0], 1));

            Assert.Equal(1 - Math.Sqrt(0.5), match.Distance, 0.01);
        }
    }
}
