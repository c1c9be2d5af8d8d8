using System.Text.Json;
using System.Text.Json.Nodes;

namespace TikTok.Local.Cosmos;

/// <summary>The account resource at <c>/</c>, by which the client learns where to read and write and how queries may look.</summary>
internal static class AccountDocument
{
    private const string Region = "Local";

    private const string QueryEngineConfiguration =
        """
        {"allowNewKeywords":true,"enableSpatialIndexing":true,"maxInExpressionItemsCount":16000,"maxJoinsPerSqlQuery":10,"maxLogicalAndPerSqlQuery":2000,"maxLogicalOrPerSqlQuery":2000,"maxQueryRequestTimeoutFraction":0.9,"maxSpatialQueryCells":12,"maxSqlQueryInputLength":524288,"maxUdfRefPerSqlQuery":10,"queryMaxInMemorySortDocumentCount":500,"spatialMaxGeometryPointCount":256,"sqlAllowAggregateFunctions":true,"sqlAllowGroupByClause":true,"sqlAllowLike":true,"sqlAllowNonFiniteNumbers":false,"sqlAllowScalarSubQuery":true,"sqlAllowSubQuery":true,"sqlAllowTop":true,"sqlDisableOptimizationFlags":0}
        """;

    public static byte[] Create(Uri endpoint) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["_self"] = "",
        ["id"] = "localhost",
        ["_rid"] = "localhost",
        ["media"] = "//media/",
        ["addresses"] = "//addresses/",
        ["_dbs"] = "//dbs/",
        ["writableLocations"] = new JsonArray(Location(endpoint)),
        ["readableLocations"] = new JsonArray(Location(endpoint)),
        ["enableMultipleWriteLocations"] = false,
        ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
        ["userReplicationPolicy"] = Replication(),
        ["systemReplicationPolicy"] = Replication(),
        ["readPolicy"] = new JsonObject { ["primaryReadCoefficient"] = 1, ["secondaryReadCoefficient"] = 1 },
        ["queryEngineConfiguration"] = QueryEngineConfiguration,
    });

    private static JsonObject Location(Uri endpoint) => new() { ["name"] = Region, ["databaseAccountEndpoint"] = endpoint.ToString() };

    private static JsonObject Replication() => new() { ["minReplicaSetSize"] = 1, ["maxReplicasetSize"] = 1 };
}
