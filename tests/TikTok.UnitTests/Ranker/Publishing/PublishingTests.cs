using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Tests.Shared;
using TikTok.UnitTests.Ranker.State;
using TikTok.UnitTests.Ranker.Training.Online;

namespace TikTok.UnitTests.Ranker.Publishing;

public sealed class PublishingTests : IDisposable
{
    private static readonly OnlineTrainerOptions Learning = new() { MaxPending = 1_000, MaxRemembered = 1_000, MaxBatchAge = TimeSpan.FromSeconds(30), MinCompared = 200 };

    private readonly TemporaryFiles _files = new();
    private readonly FakeTime _time = new();
    private readonly TrainingWorld _world = new(options: Learning, compares: true);
    private int _day;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_server_has_what_was_published_and_predicts_as_the_trainer_does()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);

        Assert.True(await server.PollAsync());

        server.AssertHas(_world);
        using var use = server.Slot.Take();
        var inputs = new RankingInputs(_world.Videos.Count);
        new FeatureExtractor(_world.Videos, server.Table).Extract(
            new() { User = 1 }, [.. Enumerable.Range(0, inputs.Capacity)], new float[inputs.Capacity], new float[inputs.Capacity], RankingNow, inputs);
        var predictions = new float[inputs.Capacity * Heads.Count];
        use.Model!.Score(inputs, predictions);
        Assert.All(predictions.Zip(Expected(inputs)), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.False(await server.PollAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_starts_again_downloads_only_what_it_has_not_whole(bool damaged)
    {
        var (publisher, first) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await first.PollAsync();
        Learn(50);
        await PublishAsync(publisher);
        await first.PollAsync();
        var kept = Directory.GetFiles(Path.Combine(first.Directory, PublishedTable.Ranking)).Order(StringComparer.Ordinal).ToList();
        if (damaged) File.WriteAllBytes(kept[0], File.ReadAllBytes(kept[0])[..^1]);
        _files.Downloaded.Clear();

        var second = new Server(this, before: first);
        await second.PollAsync();

        second.AssertHas(_world);
        Assert.Equal(2, kept.Count);
        Assert.Equal(damaged ? [Path.GetFileName(kept[0])] : [], _files.Downloaded.Where(name => name.StartsWith($"{PublishedTable.Ranking}/", StringComparison.Ordinal)).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_a_server_keeps_of_older_lineages_is_deleted()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await server.PollAsync();
        var old = Assert.Single(Directory.GetFiles(Path.Combine(server.Directory, PublishedTable.Ranking)));
        _world.Embeddings.Writer.Position = null;
        Learn(50);

        await PublishAsync(publisher);
        await server.PollAsync();

        Assert.NotEqual(old, Assert.Single(Directory.GetFiles(Path.Combine(server.Directory, PublishedTable.Ranking))));
    }

    [Fact]
    public async Task Rows_are_published_every_time_and_dense_weights_when_they_are_due()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await server.PollAsync();
        var first = server.Follower.Serving!;

        Learn(50);
        await PublishAsync(publisher);
        await server.PollAsync();
        var second = server.Follower.Serving!;
        Assert.Equal(first.Model, second.Model);
        Assert.Equal((first.Tables[0].Lineage, 1L), (second.Tables[0].Lineage, second.Tables[0].Sequence));
        server.AssertHas(_world);

        _time.Advance(TimeSpan.FromMinutes(2));
        Learn(50);
        await PublishAsync(publisher);
        await server.PollAsync();
        Assert.True(server.Follower.Serving!.Model!.Version > second.Model!.Version);
        Assert.Equal(server.Follower.Serving.Model.Version, server.Slot.Version);
    }

    [Fact]
    public async Task A_server_catches_up_from_wherever_it_is()
    {
        var publisher = Publisher(new ModelPublisherOptions { MinExamples = 1, MaxDeltas = 3 });
        var (always, sometimes) = (new Server(this), new Server(this));
        for (var i = 0; i < 8; i++)
        {
            Learn(20);
            if (i == 4) _world.Embeddings.Writer.Remove(_world.Videos[0].Video);
            await PublishAsync(publisher);
            await always.PollAsync();
            if (i % 5 == 0) await sometimes.PollAsync();
        }
        var late = new Server(this);

        await sometimes.PollAsync();
        await late.PollAsync();

        foreach (var server in (Server[])[always, sometimes, late]) server.AssertHas(_world);
    }

    [Fact]
    public async Task Nothing_is_published_before_there_is_something_to_say()
    {
        var publisher = Publisher(new ModelPublisherOptions { MinExamples = 100 });
        Learn(10);

        Assert.Null(publisher.Prepare());
        Assert.False(await new Server(this).PollAsync());
    }

    [Fact]
    public async Task A_bad_model_never_replaces_a_good_one()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(600);
        await PublishAsync(publisher);
        await server.PollAsync();
        var good = server.Follower.Serving!;

        foreach (ref var value in _world.Dlrm.Weights.Tower2[(int)Head.Finish].Weight.Values.AsSpan()) value = -4 * value;
        Learn(150);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(publisher.Prepare());
        Assert.Equal(1, publisher.Refused);
        Assert.False(await server.PollAsync());
        Assert.Equal(good, server.Follower.Serving);
    }

    [Fact]
    public async Task A_head_that_is_much_worse_is_named_though_the_mean_over_all_heads_is_not()
    {
        var world = new TrainingWorld(options: Learning with { MaxDrift = 10, MinComparedOfHead = 100 }, compares: true);
        var publisher = Publisher(world: world);
        Learn(600, world);
        await PublishAsync(publisher);

        world.Dlrm.Weights.Tower2[(int)Head.Like].Bias.Values[0] += 3;
        Learn(600, world);

        Assert.Null(publisher.Prepare());
        Assert.Equal(1, publisher.Refusals["ranking: like"]);
        Assert.Contains("like has a log loss of", publisher.LastRefusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_no_number_does_not_get_out_and_after_refusals_in_a_row_the_trainer_goes_back_to_what_is_published(bool isDense)
    {
        var publisher = Publisher(new ModelPublisherOptions { MinExamples = 1, RollBackAfter = 3 });
        Learn(600);
        await PublishAsync(publisher);
        var video = _world.Videos[0].Video;
        var good = Row(video);

        if (isDense) _world.Dlrm.Weights.Tower1[(int)Head.Skip].Weight.Values[7] = float.NaN;
        else _world.Embeddings.Writer.Put(video, [.. Enumerable.Repeat(float.NaN, DlrmTrainerOptions.Table.Width)]);
        for (var refused = 1; refused <= 3; refused++)
        {
            Assert.Equal(0, publisher.RolledBack);
            Assert.Null(publisher.Prepare());
            Assert.Equal(refused, publisher.Refusals["ranking: not-finite"]);
        }

        Assert.Equal(1, publisher.RolledBack);
        Assert.True(_world.Dlrm.IsFinite);
        Assert.Equal(good.Select(value => (Half)value), Row(video).Select(value => (Half)value));
        var server = new Server(this);
        var dropped = _world.Trainer.DroppedBatches;
        Learn(300);
        await PublishAsync(publisher);
        await server.PollAsync();
        server.AssertHas(_world);
        Assert.Equal(dropped, _world.Trainer.DroppedBatches);
    }

    [Fact]
    public async Task A_table_that_may_not_be_published_stays_as_it_was_and_the_others_go_on()
    {
        var towers = new EmbeddingTable(DlrmTrainerOptions.Table, _time);
        towers.Writer.Put(1, new float[DlrmTrainerOptions.Table.Width]);
        var guard = new ScriptedGuard(_time);
        var publisher = Publisher(tables: new PublishedTable("retrieval", towers.Writer, Guard: guard));
        Learn(200);
        await PublishAsync(publisher);
        var before = await Publication.ReadAsync(_files, _files.Path, default);

        guard.Says = new PublicationFault("retrieval", "worse");
        Learn(50);
        await PublishAsync(publisher);

        var after = await Publication.ReadAsync(_files, _files.Path, default);
        Assert.Equal(before!.Tables.Single(table => table.Table == "retrieval"), after!.Tables.Single(table => table.Table == "retrieval"));
        Assert.Equal(1, after.Tables.Single(table => table.Table == PublishedTable.Ranking).Sequence);
        Assert.Equal(1, publisher.Refusals["retrieval: retrieval"]);
    }

    [Fact]
    public async Task A_trainer_that_was_started_anew_is_held_against_what_is_published()
    {
        var publisher = Publisher();
        Learn(600);
        await PublishAsync(publisher);

        // It lost its state, and has learned next to nothing since.
        var other = new TrainingWorld(options: Learning, compares: true);
        var restarted = Publisher(new ModelPublisherOptions { MinExamples = 1 }, other);
        await restarted.RestorePublishedAsync(default);
        Assert.True(other.Published!.Exists);
        foreach (var logged in Log(150, day: 50)) other.Apply(logged);

        Assert.Null(restarted.Prepare());
        Assert.Equal(1, restarted.Refused);
    }

    [Fact]
    public async Task An_upload_that_fails_anywhere_leaves_servers_as_they_were_and_the_next_one_completes_it()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await server.PollAsync();
        var before = server.Follower.Serving;

        foreach (var uploads in (int[])[0, 1, 2])
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Learn(30);
            _files.FailsAfter = uploads;
            await Assert.ThrowsAsync<IOException>(() => PublishAsync(publisher));
            _files.FailsAfter = null;
            publisher.NotPublished();
            Assert.False(await server.PollAsync());
            Assert.Equal(before, server.Follower.Serving);
        }

        await PublishAsync(publisher);
        Assert.True(await server.PollAsync());
        server.AssertHas(_world);
        Assert.True(server.Follower.Serving!.Model!.Version > before!.Model!.Version);
    }

    [Fact]
    public async Task A_model_that_was_damaged_on_its_way_does_not_serve()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await server.PollAsync();
        var serving = server.Slot.Version;
        _time.Advance(TimeSpan.FromMinutes(5));
        await PublishAsync(publisher);
        var file = (await Publication.ReadAsync(_files, _files.Path, default))!.Model!.File;
        var path = Path.Combine(_files.Path, "there", file);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        await Assert.ThrowsAsync<InvalidDataException>(server.PollAsync);

        Assert.Equal(serving, server.Slot.Version);
    }

    [Fact]
    public async Task A_model_that_predicts_something_quite_different_does_not_serve()
    {
        var (publisher, server) = (Publisher(), new Server(this));
        Learn(200);
        await PublishAsync(publisher);
        await server.PollAsync();
        var serving = server.Slot.Version;

        _world.Dlrm.Weights.Tower2[(int)Head.Like].Bias.Values[0] += 5;
        _time.Advance(TimeSpan.FromMinutes(5));
        await PublishAsync(publisher);
        await server.PollAsync();

        Assert.Equal((serving, 1L), (server.Slot.Version, server.Follower.Refused));
    }

    private static uint RankingNow => 1_773_500_000;

    private ModelPublisher Publisher(ModelPublisherOptions? options = null, TrainingWorld? world = null, params IEnumerable<PublishedTable> tables)
    {
        world ??= _world;
        var ranking = new PublishedTable(PublishedTable.Ranking, world.Embeddings.Writer, Guard: new RankingGuard(world.Trainer, world.Published!));
        return new ModelPublisher(
            world.Trainer, [ranking, .. tables], _files, Path.Combine(_files.Path, $"trainer-{Guid.NewGuid():N}"),
            options ?? new ModelPublisherOptions { MinExamples = 1 }, _time, NullLogger<ModelPublisher>.Instance);
    }

    private float[] Row(long id)
    {
        var row = new float[DlrmTrainerOptions.Table.Width];
        Assert.True(_world.Embeddings.Writer.TryRead(id, row));
        return row[..DlrmShape.EmbeddingSize];
    }

    private async Task PublishAsync(ModelPublisher publisher)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        var prepared = publisher.Prepare();
        Assert.NotNull(prepared);
        await publisher.UploadAsync(prepared, default);
    }

    private void Learn(int watches, TrainingWorld? world = null)
    {
        foreach (var logged in Log(watches, _day++)) (world ?? _world).Apply(logged);
    }

    private static IReadOnlyList<LoggedInteraction> Log(int watches, int day)
    {
        var random = new Random(day);
        var log = new WrittenLog($"{day}", new DateTimeOffset(2026, 3, 14, 9, 0, 0, TimeSpan.Zero).AddDays(day));
        for (var i = 0; i < watches; i++)
        {
            var (viewer, video) = (random.Next(8), random.Next(30));
            log.Wait(TimeSpan.FromSeconds(2)).Watch(TrainingWorld.VideoId(video), $"viewer{viewer}", video % 3 == viewer % 2 ? 10_000 : 1_000, 10_000);
        }
        return log.Events;
    }

    /// <summary>By the trainer's own network.</summary>
    private float[] Expected(RankingInputs inputs)
    {
        var batch = new DlrmBatch(inputs.Count) { Count = inputs.Count };
        for (var i = 0; i < inputs.Count; i++)
        {
            inputs.UserDense.CopyTo(batch.Examples.UserDense(i));
            inputs.VideoDense.Slice(i * DlrmShape.VideoDense, DlrmShape.VideoDense).CopyTo(batch.Examples.VideoDense(i));
            inputs.CrossDense.Slice(i * DlrmShape.CrossDense, DlrmShape.CrossDense).CopyTo(batch.Examples.CrossDense(i));
            inputs.UserFields.CopyTo(batch.Fields, i * DlrmNetwork.FieldWidth);
            inputs.VideoFields.Slice(i * DlrmNetwork.FieldWidth / 2, DlrmNetwork.FieldWidth / 2).CopyTo(batch.Fields.AsSpan((i * DlrmNetwork.FieldWidth) + (DlrmNetwork.FieldWidth / 2)));
        }
        new DlrmNetwork(1).Predict(_world.Dlrm.Weights, batch);
        return batch.Predictions.ToArray();
    }

    private sealed class ScriptedGuard(TimeProvider time) : IPublicationGuard
    {
        public PublicationFault? Says { get; set; }

        public EmbeddingWriter Published { get; } = new EmbeddingTable(DlrmTrainerOptions.Table, time).Writer;

        public PublicationFault? Fault() => Says;

        public bool TryRollBack() => false;
    }

    private sealed class Server
    {
        /// <param name="before">A server that was on the same machine.</param>
        public Server(PublishingTests test, Server? before = null)
        {
            Directory = before?.Directory ?? Path.Combine(test._files.Path, $"server-{Guid.NewGuid():N}");
            Table = new EmbeddingTable(DlrmTrainerOptions.Table with { Formats = RowFormats.Single }, test._time);
            Follower = new ModelFollower(
                test._files, [new PublishedTable(PublishedTable.Ranking, Table.Writer)], bytes => RankingModels.Load(bytes, RankingDevice.Cpu), Slot,
                Directory, new ModelFollowerOptions(), test._time, NullLogger<ModelFollower>.Instance);
        }

        /// <summary>For files on their way.</summary>
        public string Directory { get; }

        public EmbeddingTable Table { get; }

        public RankingModelSlot Slot { get; } = new();

        public ModelFollower Follower { get; }

        public Task<bool> PollAsync() => Follower.PollAsync(default);

        public void AssertHas(TrainingWorld world)
        {
            long[] ids = [.. world.Embeddings.Writer.Ids().Order()];
            Assert.Equal(ids, Table.Writer.Ids().Order());
            var (served, trained) = (new float[ids.Length * DlrmShape.EmbeddingSize], new float[ids.Length * DlrmShape.EmbeddingSize]);
            Table.Lookup(ids, served);
            world.Embeddings.Lookup(ids, trained);
            Assert.Equal(trained, served);
        }
    }
}
