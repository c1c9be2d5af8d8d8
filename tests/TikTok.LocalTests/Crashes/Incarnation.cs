using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Azure.Cosmos;
using TikTok.Core;

namespace TikTok.LocalTests.Crashes;

/// <summary>Where a process dies: at its so-many-th write or send, before it reaches its service or after it was carried out and before the answer comes.</summary>
internal sealed record FaultPoint(int Number, bool After)
{
    public override string ToString() => $"{(After ? "after" : "before")} write {Number}";
}

/// <summary>Thrown at the point of death and by everything that the dead try afterwards.</summary>
internal sealed class IncarnationDiedException(string what) : Exception($"The process is dead ({what}).");

/// <summary>
/// One life of the process, as far as the rest of the world can tell: all that leaves it passes here. It notes every write and send, in order; at its fault point it
/// dies, and from then on nothing leaves it any more. Whatever code still runs in it changes nothing: that is what being dead comes to.
/// </summary>
/// <remarks>It belongs to a flow of execution, so that the clients, which are dear to make, are shared by all incarnations.</remarks>
internal sealed class Incarnation(FaultPoint? fault = null)
{
    private static readonly AsyncLocal<Incarnation?> Flowing = new();
    private readonly Lock _lock = new();
    private readonly List<string> _writes = [];

    /// <summary>The one whose code is running.</summary>
    public static Incarnation? Current { get => Flowing.Value; set => Flowing.Value = value; }

    public bool IsDead { get; private set; }

    /// <summary>The writes and sends that were begun.</summary>
    public IReadOnlyList<string> Writes
    {
        get
        {
            lock (_lock) return [.. _writes];
        }
    }

    public static async ValueTask<T> PassAsync<T>(bool isWrite, string what, Func<ValueTask<T>> call)
    {
        if (Current is not { } incarnation) return await call();
        var dies = incarnation.Enter(isWrite, what);
        if (dies is { After: false }) incarnation.Die(what);
        var answer = await call();
        if (dies is { After: true }) incarnation.Die(what);
        if (incarnation.IsDead) throw new IncarnationDiedException(what);
        return answer;
    }

    private FaultPoint? Enter(bool isWrite, string what)
    {
        lock (_lock)
        {
            if (IsDead) throw new IncarnationDiedException(what);
            if (!isWrite) return null;
            _writes.Add(what);
            return fault?.Number == _writes.Count - 1 ? fault : null;
        }
    }

    private void Die(string what)
    {
        lock (_lock) IsDead = true;
        throw new IncarnationDiedException(what);
    }
}

/// <summary>What leaves for Cosmos DB.</summary>
/// <param name="written">Told of the container of every write.</param>
internal sealed class CosmosPassage(Action<string> written) : RequestHandler
{
    public override async Task<ResponseMessage> SendAsync(RequestMessage request, CancellationToken cancellationToken)
    {
        var (container, isWrite) = (Container(request), IsWrite(request));
        if (isWrite) written(container);

        // The limiter tells of what it let through behind the caller's back, now or later, and may lose it: no point to count by.
        return await Incarnation.PassAsync(isWrite && container != Containers.Limits, $"cosmos {request.Method} {container}", async () => await base.SendAsync(request, cancellationToken));
    }

    private static bool IsWrite(RequestMessage request) =>
        request.Method != HttpMethod.Get && request.Headers["x-ms-documentdb-isquery"] is null && request.Headers["x-ms-cosmos-is-query-plan-request"] is null
        && request.Headers["x-ms-documentdb-query"] is null;

    /// <summary>dbs/tiktok/colls/videos/docs/…</summary>
    private static string Container(RequestMessage request) => request.RequestUri.ToString().Trim('/').Split('/') is [_, _, _, var container, ..] ? container : "";
}

/// <summary>What leaves for blobs and queues. Outside of retries: a process that is dead does not try again.</summary>
/// <param name="written">Told of the blob container or queue of every write.</param>
internal sealed class StoragePassage(Action<string> written) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = message.Request;
        var place = request.Uri.ToUri().AbsolutePath.Trim('/').Split('/') is [_, var name, ..] ? name : "";
        var isWrite = request.Method != RequestMethod.Get && request.Method != RequestMethod.Head;
        if (isWrite) written(place);
        await Incarnation.PassAsync(
            isWrite,
            $"storage {request.Method} {place}",
            async () =>
            {
                await ProcessNextAsync(message, pipeline);
                return true;
            });
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessAsync(message, pipeline).AsTask().GetAwaiter().GetResult();
}

/// <summary>What leaves for Event Hubs.</summary>
/// <param name="written">Told of the hub of every send.</param>
internal sealed class EventHubsPassage(EventHubProducerClient inner, Action<string> written) : EventHubProducerClient
{
    public override Task<string[]> GetPartitionIdsAsync(CancellationToken cancellationToken = default) => inner.GetPartitionIdsAsync(cancellationToken);

    public override ValueTask<EventDataBatch> CreateBatchAsync(CreateBatchOptions? options, CancellationToken cancellationToken = default) =>
        inner.CreateBatchAsync(options, cancellationToken);

    public override async Task SendAsync(EventDataBatch eventBatch, CancellationToken cancellationToken = default) =>
        await Incarnation.PassAsync(isWrite: true, $"events {inner.EventHubName}", async () =>
        {
            written(inner.EventHubName);
            await inner.SendAsync(eventBatch, cancellationToken);
            return true;
        });
}
