using TikTok.Ranker.Embeddings;

namespace TikTok.UnitTests.Ranker.Embeddings;

public sealed class CheckpointTests : IDisposable
{
    private const int Dimensions = 4;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-checkpoints-");
    private readonly FakeTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_snapshot_and_its_deltas_bring_back_every_row_and_every_removal()
    {
        var table = Table();
        var files = Files();
        for (var id = 0; id < 1000; id++) table.Writer.Put(id, Row(id));
        files.SaveSnapshot(table.Writer);
        table.Writer.Put(5, Row(5000));
        table.Writer.Put(2000, Row(2000));
        table.Writer.Remove(6);
        table.Writer.Remove(7);
        table.Writer.Put(7, Row(7000));
        files.SaveDelta(table.Writer);
        table.Writer.Remove(2000);
        files.SaveDelta(table.Writer);

        var (restored, outcome) = Restored();

        Assert.Empty(outcome.Faults);
        Assert.Equal(2, outcome.Position!.Sequence);
        Assert.Equal(999, restored.Size().Rows);
        Assert.Equal(Row(5000), restored.Vector(5));
        Assert.Equal(Row(7000), restored.Vector(7));
        Assert.Null(restored.Vector(6));
        Assert.Null(restored.Vector(2000));
        Assert.Equal(Row(999), restored.Vector(999));
    }

    [Fact]
    public void A_delta_holds_only_what_changed()
    {
        var table = Table();
        var files = Files();
        for (var id = 0; id < 1000; id++) table.Writer.Put(id, Row(id));
        var snapshot = files.SaveSnapshot(table.Writer);
        table.Writer.Update(1, 0, static (row, _) => row[0]++);

        var delta = files.SaveDelta(table.Writer);
        var empty = files.SaveDelta(table.Writer);

        var row = 12 + (Dimensions * sizeof(float));
        Assert.Equal(999 * row, new FileInfo(snapshot).Length - new FileInfo(delta).Length);
        Assert.Equal(row, new FileInfo(delta).Length - new FileInfo(empty).Length);
    }

    [Fact]
    public void A_restored_table_goes_on_with_the_next_delta()
    {
        var table = Table();
        table.Writer.Put(1, Row(1));
        Files().SaveDelta(table.Writer);

        var (second, _) = Restored();
        second.Writer.Put(2, Row(2));
        Files().SaveDelta(second.Writer);
        var (third, outcome) = Restored();

        Assert.Equal(1, outcome.Position!.Sequence);
        Assert.Equal(Row(1), third.Vector(1));
        Assert.Equal(Row(2), third.Vector(2));
        Assert.Single(_directory.GetFiles("*.snapshot"));
    }

    [Fact]
    public void What_could_not_be_committed_is_in_the_next_delta()
    {
        var table = Table();
        Files().SaveSnapshot(table.Writer);
        table.Writer.Put(1, Row(1));
        table.Writer.Remove(1);
        table.Writer.Put(2, Row(2));

        Assert.Throws<IOException>(() => table.Writer.WriteDelta(new MemoryStream(), () => throw new IOException("The disk is full.")));
        Files().SaveDelta(table.Writer);

        var (restored, outcome) = Restored();
        Assert.Empty(outcome.Faults);
        Assert.Equal(Row(2), restored.Vector(2));
    }

    [Fact]
    public void A_checkpoint_with_any_byte_changed_is_refused_and_changes_nothing()
    {
        var (snapshot, delta) = SnapshotAndDelta();
        var target = Table();
        target.Writer.ReadSnapshot(new MemoryStream(snapshot));

        for (var at = 0; at < delta.Length; at++)
        {
            byte[] changed = [.. delta];
            changed[at] ^= 0x10;

            var fault = Assert.Throws<CheckpointException>(() => target.Writer.ReadDelta(new MemoryStream(changed)));

            Assert.Equal(at < 8 ? CheckpointFault.NotACheckpoint : CheckpointFault.Corrupt, fault.Fault);
        }
        Assert.Equal(Row(1), target.Vector(1));
        Assert.Null(target.Vector(2));
        target.Writer.ReadDelta(new MemoryStream(delta));
        Assert.Equal(Row(2), target.Vector(2));
    }

    [Fact]
    public void A_checkpoint_cut_off_anywhere_is_refused_and_changes_nothing()
    {
        var (snapshot, _) = SnapshotAndDelta();
        var target = Table();

        for (var length = 0; length < snapshot.Length; length++)
        {
            var fault = Assert.Throws<CheckpointException>(() => target.Writer.ReadSnapshot(new MemoryStream(snapshot[..length])));
            Assert.Equal(CheckpointFault.WrongLength, fault.Fault);
        }
        Assert.Equal(CheckpointFault.WrongLength, FaultOf(() => target.Writer.ReadSnapshot(new MemoryStream([.. snapshot, 0]))));
        Assert.Equal(0, target.Size().Rows);
    }

    [Fact]
    public void Checkpoints_of_another_kind_of_table_or_state_are_refused()
    {
        var (snapshot, delta) = SnapshotAndDelta();
        var (otherSnapshot, _) = SnapshotAndDelta();
        var wide = new EmbeddingTable(new() { Dimensions = Dimensions, StateWidth = 1 }, _time);
        var other = Table();
        other.Writer.ReadSnapshot(new MemoryStream(otherSnapshot));
        var same = Table();
        same.Writer.ReadSnapshot(new MemoryStream(snapshot));
        same.Writer.ReadDelta(new MemoryStream(delta));

        Assert.Equal(CheckpointFault.OtherShape, FaultOf(() => wide.Writer.ReadSnapshot(new MemoryStream(snapshot))));
        Assert.Equal(CheckpointFault.OtherLineage, FaultOf(() => other.Writer.ReadDelta(new MemoryStream(delta))));
        Assert.Equal(CheckpointFault.OutOfOrder, FaultOf(() => same.Writer.ReadDelta(new MemoryStream(delta))));
        Assert.Equal(CheckpointFault.OutOfOrder, FaultOf(() => Table().Writer.ReadSnapshot(new MemoryStream(delta))));
        Assert.Throws<InvalidOperationException>(() => same.Writer.ReadSnapshot(new MemoryStream(snapshot)));
    }

    [Theory]
    [InlineData(true, CheckpointFault.OutOfOrder)]
    [InlineData(false, CheckpointFault.Corrupt)]
    public void After_a_missing_or_bad_delta_all_before_it_is_there_and_the_next_save_is_a_snapshot(bool missing, CheckpointFault expected)
    {
        var table = Table();
        var files = Files();
        List<string> deltas = [];
        table.Writer.Put(0, Row(100));
        files.SaveSnapshot(table.Writer);
        for (var id = 1; id <= 4; id++)
        {
            table.Writer.Put(id, Row(id));
            deltas.Add(files.SaveDelta(table.Writer));
        }
        if (missing) File.Delete(deltas[2]);
        else Damage(deltas[2]);

        var (restored, outcome) = Restored();

        var fault = Assert.Single(outcome.Faults);
        Assert.Equal(expected, fault.Fault);
        Assert.Contains(Path.GetFileName(deltas[missing ? 3 : 2]), fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Position!.Sequence);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(id => restored.Vector(id) is not null));

        _time.Advance(TimeSpan.FromMinutes(1));
        files.SaveDelta(restored.Writer);
        var (again, clean) = Restored();
        Assert.Empty(clean.Faults);
        Assert.Equal(3, again.Size().Rows);
    }

    [Fact]
    public void A_bad_snapshot_falls_back_to_the_one_before_and_its_deltas()
    {
        var table = Table();
        var files = Files();
        table.Writer.Put(1, Row(1));
        files.SaveSnapshot(table.Writer);
        table.Writer.Put(2, Row(2));
        files.SaveDelta(table.Writer);
        _time.Advance(TimeSpan.FromHours(1));
        Damage(files.SaveSnapshot(table.Writer));

        var (restored, outcome) = Restored();

        Assert.Equal(CheckpointFault.Corrupt, Assert.Single(outcome.Faults).Fault);
        Assert.Equal(1, outcome.Position!.Sequence);
        Assert.Equal(Row(2), restored.Vector(2));
    }

    [Fact]
    public void Only_the_two_newest_lineages_are_kept()
    {
        var table = Table();
        for (var i = 0; i < 4; i++)
        {
            Files().SaveSnapshot(table.Writer);
            Files().SaveDelta(table.Writer);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(2, _directory.GetFiles("*.snapshot").Length);
        Assert.Equal(2, _directory.GetFiles("*.delta").Length);
    }

    [Fact]
    public void Nothing_saved_is_an_empty_table_and_an_unfinished_file_is_nothing()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, $"{Guid.CreateVersion7():N}.snapshot.unfinished"), "half");

        var (restored, outcome) = Restored();

        Assert.Null(outcome.Position);
        Assert.Empty(outcome.Faults);
        Assert.Equal(0, restored.Size().Rows);
    }

    [Fact]
    public void A_serving_replica_takes_the_masters_checkpoints()
    {
        var (snapshot, delta) = SnapshotAndDelta();
        var replica = new EmbeddingTable(new() { Dimensions = Dimensions, Formats = RowFormats.Int8 }, _time);

        replica.Writer.ReadSnapshot(new MemoryStream(snapshot));
        replica.Writer.ReadDelta(new MemoryStream(delta));

        Assert.Equal(Row(2)[0], replica.Vector(2)![0], 0.01f);
    }

    private static CheckpointFault FaultOf(Action action) => Assert.Throws<CheckpointException>(action).Fault;

    private static float[] Row(float value) => [.. Enumerable.Repeat(value, Dimensions)];

    private static void Damage(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[^40] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private (byte[] Snapshot, byte[] Delta) SnapshotAndDelta()
    {
        var table = Table();
        table.Writer.Put(1, Row(1));
        table.Writer.Put(3, Row(3));
        using var snapshot = new MemoryStream();
        table.Writer.WriteSnapshot(snapshot, Guid.NewGuid(), () => { });
        table.Writer.Put(2, Row(2));
        table.Writer.Remove(3);
        using var delta = new MemoryStream();
        table.Writer.WriteDelta(delta, () => { });
        return (snapshot.ToArray(), delta.ToArray());
    }

    private (EmbeddingTable Table, RestoredCheckpoint Outcome) Restored()
    {
        var table = Table();
        return (table, Files().Restore(table.Writer));
    }

    private CheckpointDirectory Files() => new(_directory.FullName, _time);

    private EmbeddingTable Table() => new(new() { Dimensions = Dimensions, HashSeed = 1 }, _time);
}
