using System.Collections.Concurrent;
using System.Net;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

/// <summary>
/// Writers that write as fast as they can, upserts and batches of three, and remember what was acknowledged, so that it can be held
/// against what is there afterwards.
/// </summary>
internal sealed class WriteStorm(Container container) : IDisposable
{
    private const int Writers = 12;
    private static readonly string[] BatchParts = ["x", "y", "z"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Pk, string Id), int> _acknowledged = new();
    private readonly ConcurrentDictionary<(string Pk, string Name), bool> _batches = new();
    private readonly SemaphoreSlim _progress = new(0);
    private readonly CancellationTokenSource _stop = new();
    private Task _writers = Task.CompletedTask;

    private sealed record Item(string Id, string Pk, int Value);

    public void Start() => _writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(
        writer => Task.Run(() => WriteAsync($"w{writer}", batches: writer % 3 == 0, _stop.Token), CancellationToken.None)));

    /// <summary>Waits until so many writes have been acknowledged.</summary>
    public async Task WaitForAsync(int writes)
    {
        for (var i = 0; i < writes; i++)
            Assert.True(await _progress.WaitAsync(Patience, CancellationToken.None), "The writers do not get on.");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writers;
    }

    /// <summary>Every acknowledged write is there, or a later one; every batch is there whole or, unless acknowledged, not at all.</summary>
    public async Task CheckAsync()
    {
        var whole = CancellationToken.None;
        foreach (var ((pk, id), value) in _acknowledged)
            Assert.True((await container.ReadItemAsync<Item>(id, new PartitionKey(pk), cancellationToken: whole)).Resource.Value >= value);
        foreach (var ((pk, name), done) in _batches)
        {
            var found = 0;
            foreach (var part in BatchParts)
            {
                using var read = await container.ReadItemStreamAsync($"{name}-{part}", new PartitionKey(pk), cancellationToken: whole);
                found += read.StatusCode == HttpStatusCode.OK ? 1 : 0;
            }

            Assert.True(found == BatchParts.Length || (found == 0 && !done), $"{found} documents of batch {name}, acknowledged: {done}");
        }
    }

    public void Dispose()
    {
        _progress.Dispose();
        _stop.Dispose();
    }

    private async Task WriteAsync(string pk, bool batches, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            try
            {
                if (await (batches ? BatchAsync(pk, i, cancellationToken) : UpsertAsync(pk, i, cancellationToken)))
                    _progress.Release();
            }
            catch (Exception failure) when (failure is CosmosException or OperationCanceledException or HttpRequestException)
            {
                // Not acknowledged: it may be there or not.
            }
        }
    }

    private async Task<bool> UpsertAsync(string pk, int i, CancellationToken cancellationToken)
    {
        var id = $"{i % 50}";
        await container.UpsertItemAsync(new Item(id, pk, i), new PartitionKey(pk), cancellationToken: cancellationToken);
        _acknowledged[(pk, id)] = i;
        return true;
    }

    private async Task<bool> BatchAsync(string pk, int i, CancellationToken cancellationToken)
    {
        var name = $"b{i}";
        _batches[(pk, name)] = false;
        var batch = container.CreateTransactionalBatch(new PartitionKey(pk));
        foreach (var part in BatchParts)
            batch.CreateItem(new Item($"{name}-{part}", pk, i));
        using var response = await batch.ExecuteAsync(cancellationToken);
        return response.IsSuccessStatusCode && _batches.TryUpdate((pk, name), true, false);
    }
}
