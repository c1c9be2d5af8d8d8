using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Queries;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Operations;

/// <summary>Databases, containers, partition key ranges and offers: the resources around documents.</summary>
internal sealed class ResourceService(Account account)
{
    private const int DefaultThroughput = 400;

    public CosmosResponse ListDatabases() => List("", "Databases", account.Databases.Select(static database => database.Resource));

    public CosmosResponse ReadDatabase(DatabaseState database) => CosmosResponse.Json(database.Resource);

    public async ValueTask<CosmosResponse> CreateOrQueryDatabasesAsync(CosmosRequest request)
    {
        var body = await request.ReadBodyAsync();
        if (IsQuery(request))
            return List("", "Databases", QueryService.RunOver(QueryText.Parse(body), account.Databases.Select(static database => database.Resource)));

        var database = account.CreateDatabase(ReadName(ParseObject(body)), ReadThroughput(request));
        return Durable(CosmosResponse.Json(database.Resource, StatusCodes.Status201Created));
    }

    public CosmosResponse DeleteDatabase(DatabaseState database)
    {
        account.DeleteDatabase(database);
        return Durable(new CosmosResponse(StatusCodes.Status204NoContent));
    }

    public CosmosResponse ListContainers(DatabaseState database) =>
        List(database.Rid, "DocumentCollections", Containers(database).Select(static container => container.Resource));

    public async ValueTask<CosmosResponse> CreateOrQueryContainersAsync(CosmosRequest request, DatabaseState database)
    {
        var body = await request.ReadBodyAsync();
        if (IsQuery(request))
        {
            return List(
                database.Rid,
                "DocumentCollections",
                QueryService.RunOver(QueryText.Parse(body), Containers(database).Select(static container => container.Resource)));
        }

        var properties = ParseObject(body);
        var throughput = ReadThroughput(request) ?? (database.Throughput is null ? ManualThroughput(DefaultThroughput) : null);
        var container = account.CreateContainer(database, ReadName(properties), WithDefaults(properties), throughput);
        return Durable(Describe(container, StatusCodes.Status201Created));
    }

    public CosmosResponse ReadContainer(ContainerState container) => Describe(container, StatusCodes.Status200OK);

    public async ValueTask<CosmosResponse> ReplaceContainerAsync(CosmosRequest request, DatabaseState database, ContainerState container)
    {
        var properties = ParseObject(await request.ReadBodyAsync());
        if (ReadName(properties) != container.Name)
            throw CosmosFailure.BadRequest("The name of a container cannot be changed.");
        account.ReplaceContainer(database, container, WithDefaults(properties));
        return Durable(Describe(container, StatusCodes.Status200OK));
    }

    public CosmosResponse DeleteContainer(DatabaseState database, ContainerState container)
    {
        account.DeleteContainer(database, container);
        return Durable(new CosmosResponse(StatusCodes.Status204NoContent) { Container = container, Lsn = container.Lsn });
    }

    /// <summary>
    /// The one physical partition of a container. The client reads it as a change feed: once whole, then until 304.
    /// </summary>
    public CosmosResponse ReadPartitionKeyRanges(CosmosRequest request, ContainerState container)
    {
        const string ETag = "\"1\"";
        if (request.Header("If-None-Match") == ETag)
            return new CosmosResponse(StatusCodes.Status304NotModified) { ETag = ETag, ItemCount = 0, Container = container, Lsn = container.Lsn };

        var rid = ResourceId.PartitionKeyRange(container.DatabaseNumber, container.Number);
        var range = JsonSerializer.SerializeToElement(new JsonObject
        {
            ["_rid"] = rid,
            ["id"] = "0",
            ["_etag"] = ETag,
            ["minInclusive"] = "",
            ["maxExclusive"] = "FF",
            ["ridPrefix"] = 0,
            ["_self"] = $"{container.SelfLink}pkranges/{rid}/",
            ["throughputFraction"] = 1,
            ["status"] = "online",
            ["parents"] = new JsonArray(),
            ["_ts"] = account.Now / 1000,
        });
        return List(container.Rid, "PartitionKeyRanges", [range]) with { ETag = ETag, Container = container, Lsn = container.Lsn };
    }

    public CosmosResponse ListOffers() => List("", "Offers", Offers());

    public async ValueTask<CosmosResponse> QueryOffersAsync(CosmosRequest request) =>
        List("", "Offers", QueryService.RunOver(QueryText.Parse(await request.ReadBodyAsync()), Offers()));

    public CosmosResponse ReadOffer(string rid) => CosmosResponse.Json(FindOffer(rid).Offer);

    public async ValueTask<CosmosResponse> ReplaceOfferAsync(CosmosRequest request)
    {
        var (_, database, container) = FindOffer(request.Path.Item);
        if (!ParseObject(await request.ReadBodyAsync()).TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Object)
            throw CosmosFailure.BadRequest("The offer has no content.");
        account.ReplaceThroughput(database, container, content);
        return Durable(CosmosResponse.Json(FindOffer(request.Path.Item).Offer));
    }

    private static bool IsQuery(CosmosRequest request) => request.Flag(CosmosHeaders.IsQuery);

    private static IEnumerable<ContainerState> Containers(DatabaseState database) =>
        database.Containers.Values.OrderBy(static container => container.Number);

    private static CosmosResponse List(string ownerRid, string name, IEnumerable<JsonElement> resources)
    {
        var page = new FeedPage(ownerRid, name);
        foreach (var resource in resources)
            page.Add(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(resource));
        return new CosmosResponse(StatusCodes.Status200OK, page.Finish()) { ItemCount = page.Count };
    }

    private static CosmosResponse Describe(ContainerState container, int status) =>
        CosmosResponse.Json(container.Resource, status) with { Container = container, Lsn = container.Lsn };

    private static JsonElement ParseObject(byte[] body)
    {
        try
        {
            var element = JsonElement.Parse(body);
            return element.ValueKind == JsonValueKind.Object ? element : throw CosmosFailure.BadRequest("The body must be a JSON object.");
        }
        catch (JsonException)
        {
            throw CosmosFailure.BadRequest("The body is not valid JSON.");
        }
    }

    private static string ReadName(JsonElement properties)
    {
        var name = properties.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
        return PreparedDocument.IsValidId(name) ? name : throw CosmosFailure.BadRequest($"The name '{name}' is not valid.");
    }

    private static JsonElement WithDefaults(JsonElement properties)
    {
        var resource = JsonObject.Create(properties)!;
        if (resource["partitionKey"] is JsonObject partitionKey)
        {
            partitionKey["version"] ??= 2;
            partitionKey["kind"] ??= "Hash";
        }

        resource["indexingPolicy"] ??= JsonNode.Parse(
            """{"indexingMode":"consistent","automatic":true,"includedPaths":[{"path":"/*"}],"excludedPaths":[{"path":"/\"_etag\"/?"}]}""");
        resource["conflictResolutionPolicy"] ??= JsonNode.Parse(
            """{"mode":"LastWriterWins","conflictResolutionPath":"/_ts","conflictResolutionProcedure":""}""");
        resource["geospatialConfig"] ??= new JsonObject { ["type"] = "Geography" };
        return JsonSerializer.SerializeToElement(resource);
    }

    private static JsonElement? ReadThroughput(CosmosRequest request)
    {
        if (int.TryParse(request.Header(CosmosHeaders.OfferThroughput), out var manual))
            return ManualThroughput(manual);
        if (request.Header(CosmosHeaders.OfferAutopilot) is { } autopilot)
        {
            return JsonSerializer.SerializeToElement(new JsonObject
            {
                ["offerThroughput"] = DefaultThroughput,
                ["offerAutopilotSettings"] = JsonNode.Parse(autopilot),
            });
        }

        return null;
    }

    private static JsonElement ManualThroughput(int units) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["offerThroughput"] = units,
        ["offerIsRUPerMinuteThroughputEnabled"] = false,
    });

    private IEnumerable<JsonElement> Offers() => EachOffer().Select(static offer => offer.Offer);

    private (JsonElement Offer, DatabaseState Database, ContainerState? Container) FindOffer(string rid)
    {
        foreach (var offer in EachOffer())
        {
            if (string.Equals(offer.Offer.GetProperty("_rid").GetString(), rid, StringComparison.OrdinalIgnoreCase))
                return offer;
        }

        throw CosmosFailure.NotFound();
    }

    private IEnumerable<(JsonElement Offer, DatabaseState Database, ContainerState? Container)> EachOffer()
    {
        foreach (var database in account.Databases)
        {
            // Numbers of databases and containers are counted apart; the lowest bit keeps their offers apart too.
            if (database.Throughput is { } shared)
                yield return (Offer(database.Number * 2, database.Rid, database.Resource, shared), database, null);
            foreach (var container in Containers(database))
            {
                if (database.ContainerThroughput.TryGetValue(container.Number, out var own))
                    yield return (Offer((container.Number * 2) + 1, container.Rid, container.Resource, own), database, container);
            }
        }
    }

    private static JsonElement Offer(int number, string ownerRid, JsonElement owner, JsonElement content)
    {
        var rid = ResourceId.Offer(number);
        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["offerVersion"] = "V2",
            ["offerType"] = "Invalid",
            ["resource"] = owner.GetProperty("_self").GetString(),
            ["offerResourceId"] = ownerRid,
            ["content"] = JsonObject.Create(content),
            ["id"] = rid,
            ["_rid"] = rid,
            ["_self"] = $"offers/{rid}/",
            ["_etag"] = owner.GetProperty("_etag").GetString(),
            ["_ts"] = owner.GetProperty("_ts").GetInt64(),
        });
    }

    private CosmosResponse Durable(CosmosResponse response) => response with { JournalPosition = account.Journal.Position };
}
