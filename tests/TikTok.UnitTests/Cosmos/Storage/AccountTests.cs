using System.Text;
using System.Text.Json;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Operations;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.UnitTests.Cosmos.Storage;

public sealed class AccountTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tiktok-cosmos-account-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Recovery_restores_documents_order_counters_and_resources()
    {
        await using (var account = await Filled(20))
        {
            var container = account.FindContainer("db", "items")!;
            Run(container, account, DocumentOperationKind.Delete, "3");
            Run(container, account, DocumentOperationKind.Upsert, "5", """{"id":"5","pk":"p","again":true}""");
        }

        await using var recovered = Account.Open(_folder, _time);
        var items = recovered.FindContainer("db", "items")!;
        Assert.Equal(19, items.Count);
        Assert.Equal(22, items.Lsn);
        Assert.Equal(["0", "1", "2", "4", "5"], items.FromNumber(0).Take(5).Select(entry => entry.Id));
        Assert.Equal("5", items.ChangedAfter(0).Last().Id);
        Run(items, recovered, DocumentOperationKind.Create, "new");
        Assert.Equal(21, items.Find("[\"p\"]", "new")!.Number);
        Assert.Equal(23, items.Lsn);
    }

    [Fact]
    public async Task Torn_tail_is_cut_off_and_writing_goes_on()
    {
        await (await Filled(5)).DisposeAsync();
        var journal = Directory.GetFiles(_folder, "journal-*").Single();
        var whole = await File.ReadAllBytesAsync(journal);
        for (var cut = 1; cut < 40; cut += 3)
        {
            await File.WriteAllBytesAsync(journal, whole.AsMemory(0, whole.Length - cut));
            await using (var account = Account.Open(_folder, _time))
            {
                var container = account.FindContainer("db", "items")!;
                Assert.Equal(["0", "1", "2", "3"], container.FromNumber(0).Select(entry => entry.Id));
                Run(container, account, DocumentOperationKind.Create, "after");
            }

            await using var again = Account.Open(_folder, _time);
            Assert.Equal(["0", "1", "2", "3", "after"], again.FindContainer("db", "items")!.FromNumber(0).Select(entry => entry.Id));
        }
    }

    [Fact]
    public async Task Batch_whose_record_is_torn_is_not_there_at_all()
    {
        await using (var account = await Filled(1))
        {
            var container = account.FindContainer("db", "items")!;
            lock (container.Gate)
            {
                var transaction = new DocumentTransaction(container, account.Journal, account.Now);
                foreach (var id in new[] { "x", "y", "z" })
                    transaction.Put(PreparedDocument.Parse(Body(id), container.Definition), null);
                transaction.Commit();
            }
        }

        var journal = Directory.GetFiles(_folder, "journal-*").Single();
        await using (var file = new FileStream(journal, FileMode.Open))
        {
            file.SetLength(file.Length - 1);
        }

        await using var recovered = Account.Open(_folder, _time);
        Assert.Equal(["0"], recovered.FindContainer("db", "items")!.FromNumber(0).Select(entry => entry.Id));
    }

    [Fact]
    public async Task Compaction_keeps_the_state_and_drops_the_garbage()
    {
        await using (var account = await Filled(10))
        {
            var container = account.FindContainer("db", "items")!;
            for (var i = 0; i < 200; i++)
                Run(container, account, DocumentOperationKind.Upsert, "1", $$"""{"id":"1","pk":"p","i":{{i}},"filler":"{{new string('x', 500)}}"}""");
            Run(container, account, DocumentOperationKind.Delete, "9");
            await account.Compaction.RunAsync();
            Run(container, account, DocumentOperationKind.Upsert, "2", """{"id":"2","pk":"p","after":true}""");
            await account.Compaction.RunAsync();
            Run(container, account, DocumentOperationKind.Create, "tail");
        }

        Assert.True(Directory.GetFiles(_folder, "*.log").Sum(file => new FileInfo(file).Length) < 20_000);
        await using var recovered = Account.Open(_folder, _time);
        var items = recovered.FindContainer("db", "items")!;
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "tail"], items.FromNumber(0).Select(entry => entry.Id));
        Assert.Equal(["1", "2", "tail"], items.ChangedAfter(0).Skip(7).Select(entry => entry.Id));
        Assert.Contains("\"i\":199", Encoding.UTF8.GetString(items.Find("[\"p\"]", "1")!.Body), StringComparison.Ordinal);
        Assert.Equal(213, items.Lsn);
    }

    [Fact]
    public async Task Compaction_starts_by_itself_when_garbage_outweighs_data()
    {
        await using (var account = await Filled(1))
        {
            var container = account.FindContainer("db", "items")!;
            for (var i = 0; i < 60; i++)
            {
                Run(container, account, DocumentOperationKind.Upsert, "big", $$"""{"id":"big","pk":"p","i":{{i}},"filler":"{{new string('x', 1_000_000)}}"}""");
                await account.Journal.WhenDurableAsync(container.JournalPosition);
                account.Compaction.Consider();
            }
        }

        Assert.Single(Directory.GetFiles(_folder, "snapshot-*"));
        Assert.True(Directory.GetFiles(_folder, "*.log").Sum(file => new FileInfo(file).Length) < 45_000_000);
        await using var recovered = Account.Open(_folder, _time);
        Assert.Contains("\"i\":59", Encoding.UTF8.GetString(recovered.FindContainer("db", "items")!.Find("[\"p\"]", "big")!.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compaction_runs_while_documents_are_written()
    {
        await using (var account = await Filled(1))
        {
            var container = account.FindContainer("db", "items")!;
            var writer = Task.Run(() =>
            {
                for (var i = 0; i < 3000; i++)
                    Run(container, account, DocumentOperationKind.Upsert, $"{i % 100}");
            });
            while (!writer.IsCompleted)
                await account.Compaction.RunAsync();
            await writer;
        }

        await using var recovered = Account.Open(_folder, _time);
        var items = recovered.FindContainer("db", "items")!;
        Assert.Equal(100, items.Count);
        Assert.Equal(3001, items.Lsn);
        Assert.All(items.FromNumber(0), entry => Assert.True(entry.Version > 2900));
    }

    [Fact]
    public async Task Numbers_of_deleted_containers_are_not_given_again()
    {
        string rid;
        await using (var account = await Filled(1))
        {
            var container = account.FindContainer("db", "items")!;
            rid = container.Rid;
            account.DeleteContainer(account.FindDatabase("db")!, container);
            await account.Compaction.RunAsync();
        }

        await using var recovered = Account.Open(_folder, _time);
        var again = recovered.CreateContainer(recovered.FindDatabase("db")!, "items", Properties(), null);
        Assert.NotEqual(rid, again.Rid);
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public async Task Expired_documents_are_purged_at_their_time_and_stay_away_after_recovery()
    {
        await using (var account = Account.Open(_folder, _time))
        {
            var database = account.CreateDatabase("db", null);
            var container = account.CreateContainer(database, "items", Properties(ttl: 10), null);
            Run(container, account, DocumentOperationKind.Create, "default");
            Run(container, account, DocumentOperationKind.Create, "longer", """{"id":"longer","pk":"p","ttl":100}""");
            Run(container, account, DocumentOperationKind.Create, "ever", """{"id":"ever","pk":"p","ttl":-1}""");
            _time.Advance(TimeSpan.FromMilliseconds(9_999));
            Purge(container, account);
            Assert.Equal(3, container.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Purge(container, account);
            Assert.Equal(["longer", "ever"], container.FromNumber(0).Select(entry => entry.Id));
        }

        _time.Advance(TimeSpan.FromSeconds(90));
        await using var recovered = Account.Open(_folder, _time);
        var items = recovered.FindContainer("db", "items")!;
        Purge(items, recovered);
        Assert.Equal(["ever"], items.FromNumber(0).Select(entry => entry.Id));
    }

    [Fact]
    public async Task Damage_before_the_last_segment_is_refused()
    {
        await using (var account = await Filled(3))
        {
            await account.Compaction.RunAsync();
        }

        var snapshot = Directory.GetFiles(_folder, "snapshot-*").Single();
        var bytes = await File.ReadAllBytesAsync(snapshot);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(snapshot, bytes);

        Assert.Throws<InvalidDataException>(() => Account.Open(_folder, _time));
    }

    [Fact]
    public async Task Every_writer_is_answered_and_no_flush_is_wasted()
    {
        await using var account = await Filled(0);
        var container = account.FindContainer("db", "items")!;
        var before = account.Journal.Flushes;

        var positions = Enumerable.Range(0, 500).Select(i => Run(container, account, DocumentOperationKind.Create, $"{i}")).ToList();
        await Task.WhenAll(positions.Select(position => account.Journal.WhenDurableAsync(position).AsTask()));

        Assert.InRange(account.Journal.Flushes - before, 1, positions.Count);
    }

    private static ReadOnlyMemory<byte> Body(string id) => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","pk":"p"}""");

    private static JsonElement Properties(int? ttl = null) => JsonElement.Parse(
        $$"""{"id":"items","partitionKey":{"paths":["/pk"],"kind":"Hash","version":2}{{(ttl is null ? "" : $",\"defaultTtl\":{ttl}")}}}""");

    private static void Purge(ContainerState container, Account account)
    {
        lock (container.Gate)
        {
            DocumentTransaction.PurgeExpired(container, account.Journal, account.Now);
        }
    }

    private static long Run(ContainerState container, Account account, DocumentOperationKind kind, string id, string? body = null)
    {
        Assert.True(PartitionKeyValue.TryParseHeader("[\"p\"]", out var key));
        var operation = new DocumentOperation(kind, key, id, body is null ? Body(id) : Encoding.UTF8.GetBytes(body));
        var executor = new DocumentExecutor(container);
        var prepared = executor.Prepare(operation);
        lock (container.Gate)
        {
            var transaction = new DocumentTransaction(container, account.Journal, account.Now);
            executor.Execute(transaction, operation, prepared);
            transaction.Commit();
            return container.JournalPosition;
        }
    }

    private async Task<Account> Filled(int documents)
    {
        var account = Account.Open(_folder, _time);
        var container = account.CreateContainer(account.CreateDatabase("db", null), "items", Properties(), null);
        for (var i = 0; i < documents; i++)
            Run(container, account, DocumentOperationKind.Create, $"{i}");
        await account.Journal.WhenDurableAsync(account.Journal.Position);
        return account;
    }
}
