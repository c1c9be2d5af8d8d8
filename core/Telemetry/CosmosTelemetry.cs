using System.Diagnostics;
using System.Globalization;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Cosmos;

namespace TikTok.Core.Telemetry;

/// <summary>Measures every request of a Cosmos client, and gives those within a trace a span. No id, key or query text is in either.</summary>
internal sealed class CosmosTelemetry : RequestHandler
{
    public override async Task<ResponseMessage> SendAsync(RequestMessage request, CancellationToken cancellationToken)
    {
        if (!Metrics.DatabaseDuration.Enabled && !Tracing.Source.HasListeners()) return await base.SendAsync(request, cancellationToken);

        var (operation, container) = (OperationOf(request), ContainerOf(request.RequestUri.OriginalString));

        // What polls by itself has no trace to belong to.
        using var activity = Activity.Current is null ? null : Tracing.Source.StartActivity($"{operation} {container}", ActivityKind.Client);
        activity?.SetTag("db.system.name", "azure.cosmosdb").SetTag("db.operation.name", operation).SetTag("db.collection.name", container);
        var started = Stopwatch.GetTimestamp();
        var status = "none";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            activity?.SetTag("db.response.status_code", status).SetTag("azure.cosmosdb.operation.request_charge", response.Headers.RequestCharge);
            if ((int)response.StatusCode is 408 or 429 or >= 500) activity?.SetStatus(ActivityStatusCode.Error, status);
            Metrics.DatabaseCharge.Add(response.Headers.RequestCharge, new("operation", operation), new("container", container));
            return response;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller's wish, or its patience: nothing that the database did.
            status = "cancelled";
            activity?.SetStatus(ActivityStatusCode.Error, status);
            throw;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
        finally
        {
            Metrics.DatabaseDuration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds, new("operation", operation), new("container", container), new("status", status));
        }
    }

    private static string OperationOf(RequestMessage request)
    {
        return request.Method.Method switch
        {
            "GET" when request.Headers["A-IM"] is not null => "changefeed",
            "GET" => "read",
            "POST" when Is("x-ms-cosmos-is-query-plan-request") => "plan",
            "POST" when Is("x-ms-documentdb-isquery") || request.Headers["Content-Type"] == "application/query+json" => "query",
            "POST" when Is("x-ms-cosmos-is-batch-request") => "batch",
            "POST" when Is("x-ms-documentdb-is-upsert") => "upsert",
            "POST" => "create",
            "PUT" => "replace",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "other",
        };

        bool Is(string header) => string.Equals(request.Headers[header], "true", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>By the address <c>dbs/{database}/colls/{container}/…</c>; only names that we know, so that nothing else becomes an attribute.</summary>
    private static string ContainerOf(string address)
    {
        const string Collections = "colls/";
        var start = address.IndexOf(Collections, StringComparison.Ordinal);
        if (start < 0) return "none";
        var rest = address.AsSpan(start + Collections.Length);
        var end = rest.IndexOf('/');
        var name = end < 0 ? rest : rest[..end];
        foreach (var schema in CosmosSchema.All)
        {
            if (name.SequenceEqual(schema.Name)) return schema.Name;
        }
        return "other";
    }
}
