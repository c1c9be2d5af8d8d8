using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Operations;

/// <summary>Point operations and batches: parse, run under the gate, and say from when on the answer may be sent.</summary>
internal sealed class DocumentService(Account account)
{
    public const int MaxBatchOperations = 100;
    public const int MaxBatchLength = 2 * 1024 * 1024;

    public async ValueTask<CosmosResponse> RunAsync(CosmosRequest request, ContainerState container, DocumentOperationKind kind)
    {
        var header = request.Header(CosmosHeaders.PartitionKey)
            ?? throw CosmosFailure.BadRequest("The request names no partition key.");
        if (!PartitionKeyValue.TryParseHeader(header, out var partitionKey))
            throw CosmosFailure.BadRequest($"Partition key {header} is invalid.");

        var body = kind is DocumentOperationKind.Read or DocumentOperationKind.Delete ? [] : await request.ReadBodyAsync();
        var operation = new DocumentOperation(kind, partitionKey, request.Path.Item is "" ? null : request.Path.Item, body)
        {
            IfMatch = request.Header("If-Match"),
            IfNoneMatch = request.Header("If-None-Match"),
            MinimalReturn = request.Header(CosmosHeaders.Prefer)?.Contains("return=minimal", StringComparison.OrdinalIgnoreCase) ?? false,
        };
        var response = RunOne(container, operation);
        account.Compaction.Consider();
        return response;
    }

    /// <summary>
    /// Runs the operations of a batch: all or nothing when it is atomic, each for itself when it is the client's bulk mode.
    /// </summary>
    public async ValueTask<CosmosResponse> RunBatchAsync(CosmosRequest request, ContainerState container)
    {
        var body = await request.ReadBodyAsync();
        var atomic = request.Flag(CosmosHeaders.BatchAtomic);
        if (body.Length > MaxBatchLength && atomic)
            throw CosmosFailure.TooLarge();

        PartitionKeyValue? partitionKey = null;
        if (request.Header(CosmosHeaders.PartitionKey) is { } header)
            partitionKey = PartitionKeyValue.TryParseHeader(header, out var value) ? value : throw CosmosFailure.BadRequest($"Partition key {header} is invalid.");

        var operations = await BatchCodec.ReadAsync(body, partitionKey);
        if (operations.Count > MaxBatchOperations)
            throw CosmosFailure.BadRequest($"Batch request has more operations than what is supported: {operations.Count} of {MaxBatchOperations}.");

        var prepared = new (PreparedDocument? Document, CosmosFailure? Failure)[operations.Count];
        var executor = new DocumentExecutor(container);
        for (var i = 0; i < prepared.Length; i++)
            prepared[i] = Prepare(executor, operations[i]);

        BatchResult[] results;
        long lsn, position;
        lock (container.Gate)
        {
            var now = account.Now;
            DocumentTransaction.PurgeExpired(container, account.Journal, now);
            results = atomic ? RunAtomic(container, executor, operations, prepared, now) : RunEach(container, executor, operations, prepared, now);
            (lsn, position) = (container.Lsn, container.JournalPosition);
        }

        account.Compaction.Consider();
        var failed = Array.Exists(results, static result => result.Status >= StatusCodes.Status400BadRequest);
        return new CosmosResponse(failed ? StatusCodes.Status207MultiStatus : StatusCodes.Status200OK, await BatchCodec.WriteAsync(results))
        {
            ContentType = "application/octet-stream",
            RequestCharge = results.Sum(static result => result.RequestCharge),
            Container = container,
            Lsn = lsn,
            JournalPosition = position,
        };
    }

    private static (PreparedDocument?, CosmosFailure?) Prepare(DocumentExecutor executor, DocumentOperation operation)
    {
        try
        {
            return (executor.Prepare(operation), null);
        }
        catch (CosmosFailure failure)
        {
            return (null, failure);
        }
    }

    private CosmosResponse RunOne(ContainerState container, DocumentOperation operation)
    {
        var executor = new DocumentExecutor(container);
        var prepared = executor.Prepare(operation);
        lock (container.Gate)
        {
            var now = account.Now;
            DocumentTransaction.PurgeExpired(container, account.Journal, now);
            var transaction = new DocumentTransaction(container, account.Journal, now);
            try
            {
                var outcome = executor.Execute(transaction, operation, prepared);
                transaction.Commit();
                var minimal = operation.MinimalReturn && operation.Kind != DocumentOperationKind.Read;
                return new CosmosResponse(outcome.Status, minimal ? default : outcome.Document?.Body ?? default(ReadOnlyMemory<byte>))
                {
                    ETag = outcome.Document?.ETag,
                    RequestCharge = outcome.RequestCharge,
                    Container = container,
                    Lsn = container.Lsn,
                    JournalPosition = outcome.Document?.JournalPosition ?? container.JournalPosition,
                };
            }
            catch (CosmosFailure failure)
            {
                return CosmosResponse.From(failure, container, container.Lsn, container.JournalPosition);
            }
        }
    }

    private BatchResult[] RunAtomic(
        ContainerState container,
        DocumentExecutor executor,
        List<DocumentOperation> operations,
        (PreparedDocument? Document, CosmosFailure? Failure)[] prepared,
        long now)
    {
        var results = new BatchResult[operations.Count];
        var transaction = new DocumentTransaction(container, account.Journal, now);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = RunInBatch(executor, transaction, operations[i], prepared[i]);
            if (results[i].Status < StatusCodes.Status400BadRequest)
                continue;

            var dependent = Result(CosmosFailure.FailedDependency());
            for (var j = 0; j < results.Length; j++)
            {
                if (j != i)
                    results[j] = dependent;
            }

            return results;
        }

        transaction.Commit();
        return results;
    }

    private BatchResult[] RunEach(
        ContainerState container,
        DocumentExecutor executor,
        List<DocumentOperation> operations,
        (PreparedDocument? Document, CosmosFailure? Failure)[] prepared,
        long now)
    {
        var results = new BatchResult[operations.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var transaction = new DocumentTransaction(container, account.Journal, now);
            results[i] = RunInBatch(executor, transaction, operations[i], prepared[i]);
            transaction.Commit();
        }

        return results;
    }

    private static BatchResult RunInBatch(
        DocumentExecutor executor,
        DocumentTransaction transaction,
        DocumentOperation operation,
        (PreparedDocument? Document, CosmosFailure? Failure) prepared)
    {
        try
        {
            if (prepared.Failure is not null)
                return Result(prepared.Failure);
            var outcome = executor.Execute(transaction, operation, prepared.Document);
            var minimal = operation.MinimalReturn && operation.Kind != DocumentOperationKind.Read;
            return new BatchResult(
                outcome.Status, 0, outcome.Document?.ETag, minimal ? null : outcome.Document?.Body, outcome.RequestCharge, null);
        }
        catch (CosmosFailure failure)
        {
            return Result(failure);
        }
    }

    private static BatchResult Result(CosmosFailure failure) =>
        new(failure.Status, failure.SubStatus, failure.ETag, null, 1, failure.RetryAfterMilliseconds);
}
