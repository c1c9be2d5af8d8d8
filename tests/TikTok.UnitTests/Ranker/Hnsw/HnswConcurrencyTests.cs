using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

public sealed class HnswConcurrencyTests
{
    private const int Dimension = 16;

    [Theory]
    [InlineData(HnswQuantization.None)]
    [InlineData(HnswQuantization.Int8)]
    public async Task Searches_beside_insertions_deletions_and_sweeps_answer_what_is_true_then(HnswQuantization quantization)
    {
        const int Steady = 600, Moving = 300, Rounds = 2;
        var vectors = TestVectors.Clustered(Steady + Moving, Dimension, seed: 1, clusters: 20);
        using var index = TestIndex.Of(vectors, TestIndex.Options(Dimension) with { Quantization = quantization, EfConstruction = 60, SweepAt = 0.05 });

        // The labels above Steady come and go; those above all never are there while anyone looks.
        var writers = Enumerable.Range(0, 2).Select(writer => Task.Run(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = Steady + writer; i < Steady + Moving; i += 2) index.Delete((ulong)i);
                for (var i = Steady + writer; i < Steady + Moving; i += 2) index.Insert((ulong)i, vectors[i]);
                for (var i = Steady + writer; i < Steady + Moving; i += 2) index.Insert((ulong)i, vectors[i]);
            }
        })).ToArray();
        var written = Task.WhenAll(writers);
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            var (asked, found) = (0, 0);
            var random = new Random(reader);
            while (!written.IsCompleted || asked < 50)
            {
                var own = random.Next(Steady);
                var matches = index.Find(vectors[own], 10);
                Assert.Equal(matches.Length, matches.Labels().Distinct().Count());
                Assert.Equal(matches.OrderBy(match => match.Distance), matches);
                Assert.All(matches, match => Assert.Equal(
                    TestVectors.Cosine(vectors[own], vectors[(int)match.Label]), match.Distance, quantization == HnswQuantization.None ? 1e-4 : 0.03));
                Assert.All(index.Find(vectors[own], 10, label => label < Steady), match => Assert.True(match.Label < Steady));
                asked++;
                if (matches.Labels().Contains((ulong)own)) found++;
            }

            return found / (double)asked;
        })).ToArray();

        await written;
        Assert.All(await Task.WhenAll(readers), share => Assert.InRange(share, 0.98, 1));
        Assert.Equal(Steady + Moving, index.Count);
        index.Sweep();
        Assert.Equal(0, index.Deleted);
        var right = Enumerable.Range(0, 100).Sum(q => index.Find(vectors[q], 10).Labels().Intersect(vectors.Nearest(vectors[q], 10, TestVectors.Cosine)).Count());
        Assert.InRange(right / 1_000.0, 0.93, 1);
    }

    [Fact]
    public async Task Insertions_side_by_side_build_an_index_as_good_as_one_after_the_other()
    {
        var vectors = TestVectors.Random(2_000, Dimension, seed: 2);
        using var index = HnswIndex.Create(TestIndex.Options(Dimension));

        await Parallel.ForAsync(0, vectors.Count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, (i, _) =>
        {
            index.Insert((ulong)i, vectors[i]);
            return ValueTask.CompletedTask;
        });

        Assert.Equal(2_000, index.Count);
        var right = Enumerable.Range(0, 50).Sum(q => index.Find(vectors[q], 10, ef: 100).Labels().Intersect(vectors.Nearest(vectors[q], 10, TestVectors.Cosine)).Count());
        Assert.InRange(right / 500.0, 0.97, 1);
    }

    [Fact]
    public async Task Growing_past_a_chunk_of_memory_goes_on_under_searches()
    {
        // A chunk has 16,384 slots.
        const int Count = 16_900;
        var vectors = TestVectors.Random(Count, 4, seed: 3);
        using var index = HnswIndex.Create(TestIndex.Options(4) with { M = 4, EfConstruction = 10 });
        index.Insert(0, vectors[0]);

        var growing = Task.Run(() =>
        {
            for (var i = 1; i < Count; i++) index.Insert((ulong)i, vectors[i]);
        });
        while (!growing.IsCompleted) Assert.NotEmpty(index.Find(vectors[0], 5, ef: 10));
        await growing;

        var found = Enumerable.Range(Count - 500, 500).Count(i => index.Find(vectors[i], 1, ef: 50).Labels().Contains((ulong)i));
        Assert.InRange(found, 490, 500);
    }

    [Fact]
    public async Task An_index_saved_under_insertions_is_one_that_was()
    {
        var vectors = TestVectors.Random(1_000, Dimension, seed: 4);
        using var index = HnswIndex.Create(TestIndex.Options(Dimension) with { EfConstruction = 40 });
        var inserting = Task.Run(() =>
        {
            for (var i = 0; i < vectors.Count; i++) index.Insert((ulong)i, vectors[i]);
        });

        for (var done = false; !done;)
        {
            done = inserting.IsCompleted;
            var stream = new MemoryStream();
            index.Save(stream);
            stream.Position = 0;
            using var loaded = HnswIndex.Load(stream);

            // One thread inserted: what was in is 0 to some number, and all of it.
            Assert.DoesNotContain(Enumerable.Range(0, loaded.Count), i => !loaded.Contains((ulong)i));
        }

        await inserting;
    }
}
