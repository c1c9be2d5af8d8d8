using Azure.Storage.Blobs;
using TikTok.Core.Storage;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Publishing;

namespace TikTok.LocalTests.Ranker;

/// <summary>Checkpoints of an embedding table that outlive the machine they were written on.</summary>
public sealed class CheckpointBlobTests : IClassFixture<StorageProcess>, IAsyncLifetime
{
    private readonly DirectoryInfo _machines = Directory.CreateTempSubdirectory("tiktok-checkpoint-blobs-");
    private readonly BlobContainerClient _container;
    private readonly Minutes _time = new();
    private readonly string _table = $"table-{Guid.NewGuid():N}";

    public CheckpointBlobTests(StorageProcess storage) => _container = storage.Blobs.GetBlobContainerClient(BlobContainers.Models);

    public Task InitializeAsync() => _container.CreateIfNotExistsAsync();

    public Task DisposeAsync()
    {
        _machines.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Another_machine_goes_on_where_the_last_upload_was()
    {
        var (first, files, blobs) = Machine("first");
        first.Writer.Put(1, [1, 1]);
        files.SaveSnapshot(first.Writer);
        await blobs.UploadAsync(default);
        first.Writer.Put(2, [2, 2]);
        files.SaveDelta(first.Writer);
        await blobs.UploadAsync(default);
        await blobs.UploadAsync(default);
        first.Writer.Put(3, [3, 3]);
        files.SaveDelta(first.Writer);

        var (second, _, others) = Machine("second");
        var outcome = await others.RestoreAsync(second.Writer, default);

        Assert.Empty(outcome.Faults);
        Assert.Equal(1, outcome.Position!.Sequence);
        Assert.Equal([1, 1, 2, 2, 0, 0], Vectors(second, 1, 2, 3));
    }

    [Fact]
    public async Task A_bad_snapshot_is_answered_with_the_lineage_before_it()
    {
        var (first, files, blobs) = Machine("first");
        first.Writer.Put(1, [1, 1]);
        files.SaveSnapshot(first.Writer);
        first.Writer.Put(2, [2, 2]);
        files.SaveDelta(first.Writer);
        _time.Minute++;
        var newest = Path.GetFileName(files.SaveSnapshot(first.Writer));
        await blobs.UploadAsync(default);
        await _container.GetBlobClient($"{_table}/{newest}").UploadAsync(BinaryData.FromBytes(new byte[500]), overwrite: true);

        var (second, _, others) = Machine("second");
        var outcome = await others.RestoreAsync(second.Writer, default);

        Assert.Equal(CheckpointFault.NotACheckpoint, Assert.Single(outcome.Faults).Fault);
        Assert.Equal([1, 1, 2, 2], Vectors(second, 1, 2));
    }

    [Fact]
    public async Task Old_lineages_are_deleted_there_too_and_a_machine_that_has_nothing_deletes_nothing()
    {
        var (first, files, blobs) = Machine("first");
        for (var i = 0; i < 4; i++)
        {
            first.Writer.Put(i, [i, i]);
            files.SaveSnapshot(first.Writer);
            first.Writer.Put(i, [i, 0]);
            files.SaveDelta(first.Writer);
            await blobs.UploadAsync(default);
            _time.Minute++;
        }

        await Machine("second").Blobs.UploadAsync(default);

        Assert.Equal(files.Files().Order(StringComparer.Ordinal), await NamesAsync());
        Assert.Equal(4, files.Files().Count);
    }

    [Fact]
    public async Task With_nothing_there_the_table_stays_empty()
    {
        var (table, _, blobs) = Machine("first");

        var outcome = await blobs.RestoreAsync(table.Writer, default);

        Assert.Null(outcome.Position);
        Assert.Empty(outcome.Faults);
    }

    private static float[] Vectors(EmbeddingTable table, params long[] ids)
    {
        var vectors = new float[ids.Length * 2];
        table.Lookup(ids, vectors);
        return vectors;
    }

    private (EmbeddingTable Table, CheckpointDirectory Files, CheckpointBlobs Blobs) Machine(string name)
    {
        var files = new CheckpointDirectory(Path.Combine(_machines.FullName, name), _time);
        return (new EmbeddingTable(new() { Dimensions = 2 }, _time), files, new CheckpointBlobs(new BlobModelFiles(_container), _table, files));
    }

    private async Task<List<string>> NamesAsync()
    {
        List<string> names = [];
        await foreach (var blob in _container.GetBlobsAsync(prefix: $"{_table}/")) names.Add(blob.Name[(_table.Length + 1)..]);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Lineages are told apart by the time they began.</summary>
    private sealed class Minutes : TimeProvider
    {
        public int Minute { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(Minute);
    }
}
