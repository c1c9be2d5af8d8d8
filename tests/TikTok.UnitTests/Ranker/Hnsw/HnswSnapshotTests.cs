using System.Buffers.Binary;
using System.IO.Hashing;
using TikTok.Ranker.Retrieval.Hnsw;

namespace TikTok.UnitTests.Ranker.Hnsw;

public sealed class HnswSnapshotTests
{
    private const int Dimension = 12;
    private const int ChecksumBytes = 16;

    private readonly TestVectors _vectors = TestVectors.Clustered(500, Dimension, seed: 1, clusters: 10);

    [Theory]
    [InlineData(HnswMetric.Cosine, HnswQuantization.None)]
    [InlineData(HnswMetric.Cosine, HnswQuantization.Int8)]
    [InlineData(HnswMetric.SquaredEuclidean, HnswQuantization.Int8)]
    public void A_loaded_index_answers_and_grows_as_the_saved_one(HnswMetric metric, HnswQuantization quantization)
    {
        using var saved = TestIndex.Of(_vectors, TestIndex.Options(Dimension) with { Metric = metric, Quantization = quantization });
        for (ulong i = 0; i < 40; i++) saved.Delete(5 * i);

        using var loaded = HnswIndex.Load(new MemoryStream(Bytes(saved)));

        Assert.Equal((saved.Count, saved.Deleted, saved.Options), (loaded.Count, loaded.Deleted, loaded.Options));
        foreach (var index in (HnswIndex[])[saved, loaded])
        {
            index.Insert(1_000, _vectors[3]);
            index.Sweep();
            index.Insert(1_001, _vectors[4]);
        }

        for (var q = 0; q < 100; q++) Assert.Equal(saved.Find(_vectors[q], 10), loaded.Find(_vectors[q], 10));
        Assert.Equal(Bytes(saved), Bytes(loaded));
    }

    [Fact]
    public void An_empty_index_is_saved_and_loaded()
    {
        using var saved = HnswIndex.Create(TestIndex.Options(Dimension));

        using var loaded = HnswIndex.Load(new MemoryStream(Bytes(saved)));

        loaded.Insert(1, _vectors[0]);
        Assert.Equal([1UL], loaded.Find(_vectors[0], 3).Labels());
    }

    [Fact]
    public void Load_reads_no_further_than_the_index()
    {
        using var saved = TestIndex.Of(_vectors);
        var stream = new MemoryStream([.. Bytes(saved), 42]);

        HnswIndex.Load(stream).Dispose();

        Assert.Equal(42, stream.ReadByte());
    }

    [Fact]
    public void A_file_that_is_damaged_anywhere_is_refused()
    {
        var bytes = Saved();
        for (var at = 0; at < bytes.Length; at += at < 100 ? 1 : 997)
        {
            bytes[at] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => HnswIndex.Load(new MemoryStream(bytes)));
            bytes[at] ^= 0x10;
        }
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_refused()
    {
        var bytes = Saved();
        for (var length = 0; length < bytes.Length; length += length < 100 ? 1 : 997)
            Assert.Throws<InvalidDataException>(() => HnswIndex.Load(new MemoryStream(bytes, 0, length)));
        Assert.Throws<InvalidDataException>(() => HnswIndex.Load(new MemoryStream(bytes, 0, bytes.Length - 1)));
    }

    [Fact]
    public void A_file_of_another_version_is_refused_by_its_number()
    {
        var bytes = Saved();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 7);

        Assert.Contains("version 7", Assert.Throws<InvalidDataException>(() => HnswIndex.Load(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_tampered_with_and_sealed_again_is_refused_or_harmless()
    {
        var bytes = Saved();
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 150; i++)
        {
            var tampered = bytes.ToArray();
            random.NextBytes(tampered.AsSpan(random.Next(16, tampered.Length - ChecksumBytes - 4), 4));
            XxHash128.Hash(tampered.AsSpan(..^ChecksumBytes), tampered.AsSpan(^ChecksumBytes..));
            try
            {
                using var index = HnswIndex.Load(new MemoryStream(tampered));
                if (index.Options.Dimension == Dimension) Assert.InRange(index.Find(_vectors[0], 10).Length, 0, 10);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 150);
    }

    private byte[] Saved()
    {
        using var index = TestIndex.Of(_vectors);
        return Bytes(index);
    }

    private static byte[] Bytes(HnswIndex index)
    {
        var stream = new MemoryStream();
        index.Save(stream);
        return stream.ToArray();
    }
}
