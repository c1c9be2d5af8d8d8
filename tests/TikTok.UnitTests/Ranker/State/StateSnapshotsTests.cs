using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.State;

namespace TikTok.UnitTests.Ranker.State;

public sealed class StateSnapshotsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-snapshots-");
    private readonly FakeTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Restore_brings_back_what_the_newest_snapshot_has()
    {
        Save("one", "a");
        Save("two", "b");
        var (first, second) = (new TextPart("first"), new TextPart("second"));

        var restored = Snapshots().Restore([first, second]);

        Assert.Equal(("two", "b"), (first.Text, second.Text));
        Assert.Equal(Snapshots().Names()[0], restored.Name);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), restored.SavedAt?.ToUnixTimeMilliseconds());
        Assert.Empty(restored.Faults);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    public void A_damaged_snapshot_is_answered_with_the_one_before(int at, bool cut)
    {
        Save("one", "a");
        var damaged = Save("two", "b");
        var file = Path.Combine(_directory.FullName, damaged, "second.part");
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, cut ? bytes[..^1] : bytes);
        var (first, second) = (new TextPart("first"), new TextPart("second"));

        var restored = Snapshots().Restore([first, second]);

        Assert.Equal(("one", "a"), (first.Text, second.Text));
        Assert.Contains("second", Assert.Single(restored.Faults), StringComparison.Ordinal);
        Assert.Equal(1, first.Loads);
    }

    [Fact]
    public void A_part_that_cannot_load_what_it_gets_is_answered_with_the_snapshot_before()
    {
        Save("one", "a");
        Save("two", TextPart.Unloadable);
        var (first, second) = (new TextPart("first"), new TextPart("second"));

        Snapshots().Restore([first, second]);

        Assert.Equal(("one", "a"), (first.Text, second.Text));
    }

    [Fact]
    public void A_snapshot_that_was_not_finished_is_none()
    {
        var broken = new TextPart("first") { Text = "x", FailsToSave = true };
        Assert.ThrowsAny<Exception>(() => Snapshots().Save([broken]));

        Assert.Empty(Snapshots().Names());
        Assert.Null(Snapshots().Restore([new TextPart("first")]).Name);
        Save("one", "a");
        Assert.Single(Directory.EnumerateFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public void Only_the_two_newest_are_kept()
    {
        var names = Enumerable.Range(0, 4).Select(i => Save($"{i}", "a")).ToList();

        Assert.Equal([names[3], names[2]], Snapshots().Names());
    }

    [Fact]
    public async Task Another_machine_has_what_was_uploaded_and_only_whole_snapshots()
    {
        using var there = new TemporaryFiles();
        var files = new StateSnapshotFiles(there, Snapshots());
        Save("one", "a");
        await files.UploadAsync(default);
        var newest = Save("two", "b");
        there.FailsAfter = 1;
        await Assert.ThrowsAsync<IOException>(() => files.UploadAsync(default));
        there.FailsAfter = null;

        var elsewhere = new StateSnapshots(Path.Combine(there.Path, "elsewhere"), _time);
        await new StateSnapshotFiles(there, elsewhere).DownloadAsync(default);
        var (first, second) = (new TextPart("first"), new TextPart("second"));
        elsewhere.Restore([first, second]);
        Assert.Equal(("one", "a"), (first.Text, second.Text));

        for (var i = 0; i < 3; i++)
        {
            await files.UploadAsync(default);
            newest = Save($"{i}", "c");
        }
        await files.UploadAsync(default);
        await new StateSnapshotFiles(there, elsewhere).DownloadAsync(default);
        Assert.Equal(newest, elsewhere.Restore([first, second]).Name);
        Assert.Equal(2, (await there.ListAsync("state/", default)).Count(name => name.EndsWith("manifest.json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_start_downloads_the_newest_one_only_and_nothing_where_a_newer_one_is_here()
    {
        using var there = new TemporaryFiles();
        Save("one", "a");
        Save("two", "b");
        await new StateSnapshotFiles(there, Snapshots()).UploadAsync(default);
        var elsewhere = new StateSnapshots(Path.Combine(there.Path, "elsewhere"), _time);

        await new StateSnapshotFiles(there, elsewhere).DownloadAsync(default);
        Save("three", "c");
        there.Downloaded.Clear();
        await new StateSnapshotFiles(there, Snapshots()).DownloadAsync(default);

        Assert.Equal([Snapshots().Names()[1]], elsewhere.Names());
        Assert.Empty(there.Downloaded);
    }

    [Fact]
    public async Task Where_all_that_is_here_is_damaged_a_start_goes_on_from_what_was_uploaded()
    {
        using var there = new TemporaryFiles();
        Save("one", "a");
        Save("two", "b");
        await new StateSnapshotFiles(there, Snapshots()).UploadAsync(default);
        foreach (var name in Snapshots().Names()) await File.WriteAllTextAsync(Path.Combine(_directory.FullName, name, "second.part"), "damaged");
        var (first, second) = (new TextPart("first"), new TextPart("second"));
        var restore = new StateRestore(
            Snapshots(), new StateSnapshotFiles(there, Snapshots()), [first, second], () => Assert.Fail("It begins with nothing."), _time, NullLogger<StateRestore>.Instance);

        await restore.StartAsync(default);

        Assert.Equal((Snapshots().Names()[0], "two", "b"), (restore.Restored?.Name, first.Text, second.Text));
    }

    [Fact]
    public void A_table_of_embeddings_is_a_part_and_replaces_what_was_there()
    {
        var options = new EmbeddingTableOptions { Dimensions = 2, HashSeed = 1 };
        var (table, other) = (new EmbeddingTable(options, _time), new EmbeddingTable(options, _time));
        table.Writer.Put(1, [1, 2]);
        table.Writer.Put(2, [3, 4]);
        Snapshots().Save([new EmbeddingsPart("table", table.Writer)]);
        other.Writer.Put(2, [9, 9]);
        other.Writer.Put(3, [9, 9]);

        Snapshots().Restore([new EmbeddingsPart("table", other.Writer)]);

        var vectors = new float[6];
        other.Lookup([1, 2, 3], vectors);
        Assert.Equal([1f, 2, 3, 4, 0, 0], vectors);
        Assert.False(other.Writer.CanWriteDelta);
    }

    private StateSnapshots Snapshots() => new(_directory.FullName, _time);

    private string Save(string first, string second)
    {
        _time.Advance(TimeSpan.FromMinutes(10));
        return Snapshots().Save([new TextPart("first") { Text = first }, new TextPart("second") { Text = second }]);
    }

    private sealed class TextPart(string name) : ISnapshotPart
    {
        public const string Unloadable = "unloadable";

        public string Name => name;

        public string Text { get; set; } = "";

        public bool FailsToSave { get; init; }

        public int Loads { get; private set; }

        public void Save(Stream stream)
        {
            if (FailsToSave) throw new IOException("The disk is full.");
            stream.Write(System.Text.Encoding.UTF8.GetBytes($"text {Text}"));
        }

        public void Load(Stream stream)
        {
            using var reader = new StreamReader(stream);
            var text = reader.ReadToEnd()["text ".Length..];
            if (text == Unloadable) throw new InvalidDataException("It is of another version.");
            Text = text;
            Loads++;
        }
    }
}
