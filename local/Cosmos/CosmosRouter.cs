using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Operations;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Queries;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos;

/// <summary>What a request asks for: the names by which faults address it.</summary>
internal enum CosmosOperation
{
    ReadAccount, ListDatabases, CreateDatabase, ReadDatabase, DeleteDatabase, ListContainers, CreateContainer, ReadContainer, ReplaceContainer,
    DeleteContainer, ReadPartitionKeyRanges, ListOffers, QueryOffers, ReadOffer, ReplaceOffer, ReadFeed, ChangeFeed, Query, QueryPlan, Batch,
    Create, Upsert, Read, Replace, Patch, Delete, NotFound, NotAllowed,
}

/// <summary>Sends each request to what answers it.</summary>
internal sealed class CosmosRouter(Account account, byte[] accountDocument)
{
    private readonly ResourceService _resources = new(account);
    private readonly DocumentService _documents = new(account);
    private readonly FeedService _feeds = new(account);
    private readonly QueryService _queries = new(account);

    public static CosmosOperation Classify(CosmosRequest request) => (request.Path.Kind, request.Method) switch
    {
        (ResourceKind.Account, "GET") => CosmosOperation.ReadAccount,
        (ResourceKind.Databases, "GET") => CosmosOperation.ListDatabases,
        (ResourceKind.Databases, "POST") => CosmosOperation.CreateDatabase,
        (ResourceKind.Database, "GET") => CosmosOperation.ReadDatabase,
        (ResourceKind.Database, "DELETE") => CosmosOperation.DeleteDatabase,
        (ResourceKind.Containers, "GET") => CosmosOperation.ListContainers,
        (ResourceKind.Containers, "POST") => CosmosOperation.CreateContainer,
        (ResourceKind.Container, "GET") => CosmosOperation.ReadContainer,
        (ResourceKind.Container, "PUT") => CosmosOperation.ReplaceContainer,
        (ResourceKind.Container, "DELETE") => CosmosOperation.DeleteContainer,
        (ResourceKind.PartitionKeyRanges, "GET") => CosmosOperation.ReadPartitionKeyRanges,
        (ResourceKind.Offers, "GET") => CosmosOperation.ListOffers,
        (ResourceKind.Offers, "POST") => CosmosOperation.QueryOffers,
        (ResourceKind.Offer, "GET") => CosmosOperation.ReadOffer,
        (ResourceKind.Offer, "PUT") => CosmosOperation.ReplaceOffer,
        (ResourceKind.Documents, "GET") => request.Header(CosmosHeaders.ChangeFeedMode) is null ? CosmosOperation.ReadFeed : CosmosOperation.ChangeFeed,
        (ResourceKind.Documents, "POST") => ClassifyPost(request),
        (ResourceKind.Document, "GET") => CosmosOperation.Read,
        (ResourceKind.Document, "PUT") => CosmosOperation.Replace,
        (ResourceKind.Document, "PATCH") => CosmosOperation.Patch,
        (ResourceKind.Document, "DELETE") => CosmosOperation.Delete,
        (ResourceKind.Unknown, _) => CosmosOperation.NotFound,
        _ => CosmosOperation.NotAllowed,
    };

    /// <exception cref="CosmosFailure">Any answer other than success.</exception>
    public ValueTask<CosmosResponse> RunAsync(CosmosRequest request, CosmosOperation operation) => operation switch
    {
        CosmosOperation.ReadAccount => new(new CosmosResponse(StatusCodes.Status200OK, accountDocument)),
        CosmosOperation.ListDatabases => new(_resources.ListDatabases()),
        CosmosOperation.CreateDatabase => _resources.CreateOrQueryDatabasesAsync(request),
        CosmosOperation.ReadDatabase => new(_resources.ReadDatabase(Database(request))),
        CosmosOperation.DeleteDatabase => new(_resources.DeleteDatabase(Database(request))),
        CosmosOperation.ListContainers => new(_resources.ListContainers(Database(request, owner: true))),
        CosmosOperation.CreateContainer => _resources.CreateOrQueryContainersAsync(request, Database(request, owner: true)),
        CosmosOperation.ReadContainer => new(_resources.ReadContainer(Container(request))),
        CosmosOperation.ReplaceContainer => _resources.ReplaceContainerAsync(request, Database(request), Container(request)),
        CosmosOperation.DeleteContainer => new(_resources.DeleteContainer(Database(request), Container(request))),
        CosmosOperation.ReadPartitionKeyRanges => new(_resources.ReadPartitionKeyRanges(request, Container(request, owner: true))),
        CosmosOperation.ListOffers => new(_resources.ListOffers()),
        CosmosOperation.QueryOffers => _resources.QueryOffersAsync(request),
        CosmosOperation.ReadOffer => new(_resources.ReadOffer(request.Path.Item)),
        CosmosOperation.ReplaceOffer => _resources.ReplaceOfferAsync(request),
        CosmosOperation.ReadFeed => new(_feeds.ReadFeed(request, Container(request, owner: true))),
        CosmosOperation.ChangeFeed => new(_feeds.ChangeFeed(request, Container(request, owner: true))),
        CosmosOperation.Query => _queries.RunAsync(request, Container(request, owner: true)),
        CosmosOperation.QueryPlan => _queries.PlanAsync(request, Container(request, owner: true)),
        CosmosOperation.Batch => _documents.RunBatchAsync(request, Container(request, owner: true)),
        CosmosOperation.Create => RunDocumentAsync(request, DocumentOperationKind.Create),
        CosmosOperation.Upsert => RunDocumentAsync(request, DocumentOperationKind.Upsert),
        CosmosOperation.Read => RunDocumentAsync(request, DocumentOperationKind.Read),
        CosmosOperation.Replace => RunDocumentAsync(request, DocumentOperationKind.Replace),
        CosmosOperation.Patch => RunDocumentAsync(request, DocumentOperationKind.Patch),
        CosmosOperation.Delete => RunDocumentAsync(request, DocumentOperationKind.Delete),
        CosmosOperation.NotAllowed => throw CosmosFailure.MethodNotAllowed(),
        _ => throw CosmosFailure.NotFound(),
    };

    private static CosmosOperation ClassifyPost(CosmosRequest request)
    {
        if (request.Flag(CosmosHeaders.IsQueryPlan))
            return CosmosOperation.QueryPlan;
        if (request.Flag(CosmosHeaders.IsQuery))
            return CosmosOperation.Query;
        if (request.Flag(CosmosHeaders.IsBatch))
            return CosmosOperation.Batch;
        return request.Flag(CosmosHeaders.IsUpsert) ? CosmosOperation.Upsert : CosmosOperation.Create;
    }

    private ValueTask<CosmosResponse> RunDocumentAsync(CosmosRequest request, DocumentOperationKind kind) =>
        _documents.RunAsync(request, Container(request, owner: true), kind);

    private DatabaseState Database(CosmosRequest request, bool owner = false) =>
        account.FindDatabase(request.Path.Database) ?? throw (owner ? CosmosFailure.OwnerNotFound() : CosmosFailure.NotFound());

    private ContainerState Container(CosmosRequest request, bool owner = false)
    {
        var container = account.FindContainer(request.Path.Database, request.Path.Container)
            ?? throw (owner ? CosmosFailure.OwnerNotFound() : CosmosFailure.NotFound());

        // A client that still knows the container that had this name before must look again.
        if (request.Header(CosmosHeaders.IntendedContainerRid) is { Length: > 0 } intended && intended != container.Rid)
            throw CosmosFailure.BadRequest("The container was replaced by another of the same name.", CosmosFailure.IncorrectContainerRid);
        return container;
    }
}
