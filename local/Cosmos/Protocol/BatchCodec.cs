using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Operations;
using HybridRowNamespace = Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas.Namespace;

namespace TikTok.Local.Cosmos.Protocol;

/// <summary>One operation's result in a batch response.</summary>
internal readonly record struct BatchResult(int Status, int SubStatus, string? ETag, byte[]? Body, double RequestCharge, int? RetryAfterMilliseconds);

/// <summary>
/// Batches travel as RecordIO of HybridRow, in the client's two schemas "BatchOperation" and "BatchResult". The library that ships
/// with the client does the encoding; what is here is the schemas and the fields.
/// </summary>
internal static class BatchCodec
{
    private const int OperationSchema = 2145473648;
    private const int ResultSchema = 2145473649;

    private static readonly LayoutResolverNamespace Resolver = new(Schemas());
    private static readonly Layout ResultLayout = Resolver.Resolve(new SchemaId(ResultSchema));

    /// <exception cref="CosmosFailure">400 when the body is not a batch.</exception>
    public static async Task<List<DocumentOperation>> ReadAsync(byte[] body, PartitionKeyValue? partitionKey)
    {
        var operations = new List<DocumentOperation>();
        Func<ReadOnlyMemory<byte>, Result> readRecord = record => ReadOperation(record, partitionKey, operations);
        Result result;
        try
        {
            using var stream = new MemoryStream(body);
            result = await stream.ReadRecordIOAsync(readRecord, null, new MemorySpanResizer<byte>(body.Length));
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException or EndOfStreamException)
        {
            result = Result.Failure;
        }

        return result == Result.Success ? operations : throw CosmosFailure.BadRequest("The batch cannot be read.");
    }

    public static async Task<byte[]> WriteAsync(IReadOnlyList<BatchResult> results)
    {
        using var stream = new MemoryStream();
        var resizer = new MemorySpanResizer<byte>(4096);
        var written = await stream.WriteRecordIOAsync(
            new Segment(null, (HybridRowNamespace?)null),
            (long index, out ReadOnlyMemory<byte> buffer) =>
            {
                if (index >= results.Count)
                {
                    buffer = default;
                    return Result.Success;
                }

                var row = new RowBuffer(resizer.Memory.Length, resizer);
                row.InitLayout(HybridRowVersion.V1, ResultLayout, Resolver);
                var outcome = RowWriter.WriteBuffer(ref row, results[(int)index], WriteResult);
                buffer = resizer.Memory[..row.Length];
                return outcome;
            });
        return written == Result.Success ? stream.ToArray() : throw new InvalidDataException($"HybridRow writer: {written}.");
    }

    private static Result ReadOperation(ReadOnlyMemory<byte> record, PartitionKeyValue? partitionKey, List<DocumentOperation> operations)
    {
        var row = new RowBuffer(record.Length);
        if (!row.ReadFrom(record.Span, HybridRowVersion.V1, Resolver))
            return Result.Failure;

        var reader = new RowReader(ref row);
        int kind = -1;
        string? key = null, id = null, ifMatch = null, ifNoneMatch = null;
        byte[] body = [];
        var minimal = false;
        while (reader.Read())
        {
            var result = reader.Path.ToString() switch
            {
                "operationType" => reader.ReadInt32(out kind),
                "partitionKey" => reader.ReadString(out key),
                "id" => reader.ReadString(out id),
                "resourceBody" => reader.ReadBinary(out body),
                "ifMatch" => reader.ReadString(out ifMatch),
                "ifNoneMatch" => reader.ReadString(out ifNoneMatch),
                "minimalReturnPreference" => reader.ReadBool(out minimal),
                _ => Result.Success,
            };
            if (result != Result.Success)
                return result;
        }

        PartitionKeyValue own = default;
        if (key is null ? partitionKey is null : !PartitionKeyValue.TryParseHeader(key, out own))
            return Result.Failure;
        operations.Add(new DocumentOperation((DocumentOperationKind)kind, key is null ? partitionKey!.Value : own, id, body)
        {
            IfMatch = ifMatch,
            IfNoneMatch = ifNoneMatch,
            MinimalReturn = minimal,
        });
        return Result.Success;
    }

    private static Result WriteResult(ref RowWriter writer, TypeArgument type, BatchResult result)
    {
        var written = writer.WriteInt32("statusCode", result.Status);
        if (written == Result.Success)
            written = writer.WriteInt32("subStatusCode", result.SubStatus);
        if (written == Result.Success && result.ETag is not null)
            written = writer.WriteString("eTag", result.ETag);
        if (written == Result.Success && result.Body is not null)
            written = writer.WriteBinary("resourceBody", result.Body);
        if (written == Result.Success && result.RetryAfterMilliseconds is { } wait)
            written = writer.WriteUInt32("retryAfterMilliseconds", (uint)wait);
        return written == Result.Success ? writer.WriteFloat64("requestCharge", result.RequestCharge) : written;
    }

    // Fixed fields come first, then variable ones, then sparse ones; their order is part of the format.
    private static HybridRowNamespace Schemas() => HybridRowNamespace.Parse($$"""
        {
          "name": "Microsoft.Azure.Cosmos.BatchApi",
          "version": "v1",
          "schemas": [
            { "name": "BatchOperation", "id": {{OperationSchema}}, "type": "schema", "properties": [
              {{Field("operationType", "int32", "fixed")}},
              {{Field("resourceType", "int32", "fixed")}},
              {{Field("partitionKey", "utf8", "variable")}},
              {{Field("effectivePartitionKey", "binary", "variable")}},
              {{Field("id", "utf8", "variable")}},
              {{Field("binaryId", "binary", "variable")}},
              {{Field("resourceBody", "binary", "variable")}},
              {{Field("indexingDirective", "utf8", "sparse")}},
              {{Field("ifMatch", "utf8", "sparse")}},
              {{Field("ifNoneMatch", "utf8", "sparse")}},
              {{Field("timeToLiveInSeconds", "int32", "sparse")}},
              {{Field("minimalReturnPreference", "bool", "sparse")}} ] },
            { "name": "BatchResult", "id": {{ResultSchema}}, "type": "schema", "properties": [
              {{Field("statusCode", "int32", "fixed")}},
              {{Field("subStatusCode", "int32", "fixed")}},
              {{Field("eTag", "utf8", "variable")}},
              {{Field("resourceBody", "binary", "variable")}},
              {{Field("retryAfterMilliseconds", "uint32", "sparse")}},
              {{Field("requestCharge", "float64", "sparse")}} ] }
          ]
        }
        """);

    private static string Field(string path, string type, string storage) =>
        $$"""{ "path": "{{path}}", "type": { "type": "{{type}}", "storage": "{{storage}}" } }""";
}
