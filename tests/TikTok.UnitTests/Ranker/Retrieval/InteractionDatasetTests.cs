using System.Buffers.Binary;
using System.Text;
using TikTok.Ranker.Training.Retrieval;

namespace TikTok.UnitTests.Ranker.Retrieval;

public sealed class InteractionDatasetTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-dataset-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Load_reads_the_parts_and_the_features()
    {
        Write("train.tsv", "0\t1\n0\t1\n2\t0\n");
        Write("test.tsv", "1\t2\n");
        File.WriteAllBytes(Path.Combine(_directory.FullName, "sound_feat.npy"), Npy("<f4", "False", "(4, 1)", [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64]));

        var data = InteractionDataset.Load(_directory.FullName);

        Assert.Equal((3, 4), (data.Train.Rows, data.Train.Columns));
        Assert.Equal([(0, 1, 1f), (2, 0, 1f)], data.Train.Entries());
        Assert.Equal(0, data.Validation.Count);
        Assert.Equal([1f, 2, 3, 4], Assert.Single(data.Features).Values);
    }

    [Theory]
    [InlineData("0\t1\n0 2\n", "train.tsv, line 2")]
    [InlineData("0\t1\n0\t-2\n", "train.tsv, line 2")]
    [InlineData("0\t1\n1\t2\n1\tx\n", "train.tsv, line 3")]
    [InlineData("0\t1\t5\n", "train.tsv, line 1")]
    [InlineData("\t1\n", "train.tsv, line 1")]
    [InlineData("0\t2147483647\n", "train.tsv, line 1")]
    [InlineData("", "must hold at least one pair")]
    public void Load_names_the_file_and_line_that_is_malformed(string train, string message)
    {
        Write("train.tsv", train);
        Write("test.tsv", "0\t1\n");

        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => InteractionDataset.Load(_directory.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_without_a_test_part_says_so()
    {
        Write("train.tsv", "0\t1\n");

        Assert.Contains("test.tsv is missing", Assert.Throws<InvalidDataException>(() => InteractionDataset.Load(_directory.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_with_fewer_feature_rows_than_items_says_so()
    {
        Write("train.tsv", "0\t1\n");
        Write("test.tsv", "0\t2\n");
        File.WriteAllBytes(Path.Combine(_directory.FullName, "a_feat.npy"), Npy("<f2", "False", "(1, 1)", [0, 0]));

        Assert.Contains("1 rows for 3 items", Assert.Throws<InvalidDataException>(() => InteractionDataset.Load(_directory.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Npy_reads_halves_singles_and_doubles_row_by_row()
    {
        Assert.Equal([1f, -2, 0.5f, 0], NpyReader.Read(Npy("<f2", "False", "(2, 2)", [0, 0x3c, 0, 0xc0, 0, 0x38, 0, 0])).Values);
        Assert.Equal([1.5f], NpyReader.Read(Npy("<f4", "False", "(1, 1)", BitConverter.GetBytes(1.5f))).Values);
        Assert.Equal([-0.25f], NpyReader.Read(Npy("<f8", "False", "(1, 1)", BitConverter.GetBytes(-0.25))).Values);
    }

    [Theory]
    [InlineData("<f4", "True", "(1, 1)", 4, "Fortran")]
    [InlineData(">f4", "False", "(1, 1)", 4, "'>f4'")]
    [InlineData("<i4", "False", "(1, 1)", 4, "'<i4'")]
    [InlineData("<f4", "False", "(1,)", 4, "shape")]
    [InlineData("<f4", "False", "(1, 1, 1)", 4, "shape")]
    [InlineData("<f4", "False", "(2, 1)", 4, "4 bytes of data where 2 × 1 × 4")]
    public void Npy_refuses_what_it_would_misread(string type, string fortran, string shape, int bytes, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => NpyReader.Read(Npy(type, fortran, shape, new byte[bytes]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Npy_refuses_values_that_are_no_numbers() =>
        Assert.Throws<InvalidDataException>(() => NpyReader.Read(Npy("<f4", "False", "(1, 1)", BitConverter.GetBytes(float.NaN))));

    [Fact]
    public void Npy_refuses_a_file_cut_off_anywhere()
    {
        var whole = Npy("<f4", "False", "(1, 1)", BitConverter.GetBytes(1f));
        for (var length = 0; length < whole.Length; length++) Assert.Throws<InvalidDataException>(() => NpyReader.Read(whole.AsSpan(..length)));
    }

    private static byte[] Npy(string type, string fortran, string shape, byte[] data)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(8), (ushort)header.Length);
        return [.. start, .. header, .. data];
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory.FullName, name), text);
}
