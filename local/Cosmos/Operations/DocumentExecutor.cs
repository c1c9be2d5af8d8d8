using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Operations;

/// <summary>What each document operation does, checked and staged in a transaction; use under the container's gate.</summary>
internal sealed class DocumentExecutor(ContainerState container)
{
    /// <summary>Parses what an operation brings along. Done before the gate is taken.</summary>
    /// <exception cref="CosmosFailure">400 or 413: the body is not acceptable, or does not belong to the partition named.</exception>
    public PreparedDocument? Prepare(DocumentOperation operation)
    {
        if (operation.PartitionKey.Count != container.Definition.PartitionKeyPaths.Count)
            throw CosmosFailure.WrongPartitionKey();
        if (operation.Kind is not (DocumentOperationKind.Create or DocumentOperationKind.Upsert or DocumentOperationKind.Replace))
            return null;

        var document = PreparedDocument.Parse(operation.Body, container.Definition);
        if (document.PartitionKey.Canonical != operation.PartitionKey.Canonical)
            throw CosmosFailure.WrongPartitionKey();
        if (operation.Kind == DocumentOperationKind.Replace && document.Id != operation.Id)
            throw CosmosFailure.BadRequest("The id in the document does not match the id in the address.");
        return document;
    }

    /// <exception cref="CosmosFailure">304, 400, 404, 409, 412 or 413.</exception>
    public DocumentOutcome Execute(DocumentTransaction transaction, DocumentOperation operation, PreparedDocument? document)
    {
        var id = document?.Id ?? operation.Id!;
        var current = transaction.Find(operation.PartitionKey.Canonical, id);
        switch (operation.Kind)
        {
            case DocumentOperationKind.Read:
                return Read(Existing(current), operation);
            case DocumentOperationKind.Create:
                if (current is not null)
                    throw CosmosFailure.Conflict();
                return Written(StatusCodes.Status201Created, transaction.Put(document!, null));
            case DocumentOperationKind.Upsert:
                CheckIfMatch(operation, current);
                return Written(
                    current is null ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                    transaction.Put(document!, current));
            case DocumentOperationKind.Replace:
                CheckIfMatch(operation, Existing(current));
                return Written(StatusCodes.Status200OK, transaction.Put(document!, current));
            case DocumentOperationKind.Patch:
                CheckIfMatch(operation, Existing(current));
                return Written(StatusCodes.Status200OK, transaction.Put(Patch(operation, current!), current));
            case DocumentOperationKind.Delete:
                CheckIfMatch(operation, Existing(current));
                transaction.Delete(current!);
                return new DocumentOutcome(StatusCodes.Status204NoContent, null, RequestCharge.Write(current!.Body.Length));
            default:
                throw CosmosFailure.BadRequest($"Operation type {operation.Kind} is not supported for documents.");
        }
    }

    private static DocumentOutcome Read(DocumentEntry current, DocumentOperation operation)
    {
        if (operation.IfNoneMatch is { } known && (known == "*" || known == current.ETag))
            throw CosmosFailure.NotModified(current.ETag);
        if (operation.IfMatch is not null)
            CheckIfMatch(operation, current);
        return new DocumentOutcome(StatusCodes.Status200OK, current, RequestCharge.Read(current.Body.Length));
    }

    private static DocumentEntry Existing(DocumentEntry? current) => current ?? throw CosmosFailure.NotFound();

    private static void CheckIfMatch(DocumentOperation operation, DocumentEntry? current)
    {
        // An upsert of a document that does not exist creates it, whatever ETag was expected.
        if (operation.IfMatch is not { } expected || expected == "*" || current is null)
            return;
        if (expected != current.ETag)
            throw CosmosFailure.PreconditionFailed();
    }

    private static DocumentOutcome Written(int status, DocumentEntry entry) => new(status, entry, RequestCharge.Write(entry.Body.Length));

    private PreparedDocument Patch(DocumentOperation operation, DocumentEntry current)
    {
        var patched = PreparedDocument.Parse(
            DocumentPatch.Parse(operation.Body).Apply(current.Body, container.Definition), container.Definition);
        return patched.PartitionKey.Canonical == current.PartitionKey && patched.Id == current.Id
            ? patched
            : throw CosmosFailure.BadRequest("A patch cannot change the id or the partition key of a document.");
    }
}
