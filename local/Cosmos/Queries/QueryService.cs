using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Operations;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Sql;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Runs queries over one container. A query whose results come from each document by itself is streamed in the order of creation;
/// any other is evaluated whole, and its results are kept for the pages that follow.
/// </summary>
internal sealed class QueryService(Account account)
{
    private const int DefaultPageSize = 1000;

    // Documents are taken from the container in steps, so that a filter that matches few of many does not hold the gate.
    private const int ScanStep = 500;

    private readonly QueryCursors _cursors = new();

    /// <summary>The plan by which the client runs a query over several partitions.</summary>
    public async ValueTask<CosmosResponse> PlanAsync(CosmosRequest request, ContainerState container)
    {
        var text = QueryText.Parse(await request.ReadBodyAsync());
        return CosmosResponse.Json(Parse(text).Plan(container.Definition.PartitionKeyPaths)) with { Container = container, Lsn = container.Lsn };
    }

    public async ValueTask<CosmosResponse> RunAsync(CosmosRequest request, ContainerState container)
    {
        var text = QueryText.Parse(await request.ReadBodyAsync());
        var scope = FeedScope.From(request, container);
        var from = QueryContinuation.Parse(request.Header(CosmosHeaders.Continuation));
        // Results that are evaluated again, because their cursor is forgotten, must be those that the position counts in.
        if (from.Cursor is not null)
            text = text with { ResumeFilter = from.ResumeFilter };
        var run = new Run(container, scope, request.MaxItemCount(DefaultPageSize), from, text.ResumeFilter);
        if (text.SelectsEverything)
            return Stream(run, null);

        var query = Parse(text);
        if (scope.PartitionKey is null && PinnedKeys(query, container) is { } pinned)
            run = run with { Scope = scope with { Keys = pinned } };
        try
        {
            return query.IsPerDocument ? Stream(run, query) : FromCursor(run, query);
        }
        catch (SqlException failure)
        {
            throw CosmosFailure.BadRequest(failure.Message);
        }
    }

    /// <summary>Runs a query over resources other than documents (databases, containers, offers), in one page.</summary>
    public static IEnumerable<JsonElement> RunOver(QueryText text, IEnumerable<JsonElement> resources)
    {
        try
        {
            return [.. Parse(text).Execute(resources)];
        }
        catch (SqlException failure)
        {
            throw CosmosFailure.BadRequest(failure.Message);
        }
    }

    private static SqlQuery Parse(QueryText text)
    {
        try
        {
            return SqlQuery.Parse(text.Text, text.Parameters, text.ResumeFilter, null);
        }
        catch (SqlException failure)
        {
            throw CosmosFailure.BadRequest(failure.Message);
        }
    }

    /// <summary>The keys that a query's WHERE leaves, when it names them: a query for a few documents does not look at all.</summary>
    private static IReadOnlyList<FeedKey>? PinnedKeys(SqlQuery query, ContainerState container)
    {
        var paths = container.Definition.PartitionKeyPaths.Select(static path => "/" + string.Join('/', path)).ToList();
        if (!query.TryGetKeys(paths, out var keys))
            return null;

        var pinned = new List<FeedKey>(keys.Count);
        foreach (var key in keys)
        {
            if (!Documents.PartitionKeyValue.TryFromComponents(key.PartitionKey.Select(static value => (JsonElement?)value), out var partition))
                return null;
            pinned.Add(new FeedKey(partition.Canonical, key.Id));
        }

        return pinned;
    }

    private CosmosResponse Stream(Run run, SqlQuery? query)
    {
        if (run.From.Cursor is not null)
            throw CosmosFailure.BadRequest("The continuation token belongs to another query.");

        var page = new FeedPage(run.Container.Rid);
        var scanned = 0;
        var next = run.From.Position;
        var skip = run.From.Sent;
        var (lsn, position) = (0L, 0L);
        while (true)
        {
            List<DocumentEntry> step;
            lock (run.Container.Gate)
            {
                DocumentTransaction.PurgeExpired(run.Container, account.Journal, account.Now);
                step = [.. run.Scope.FromNumber(run.Container, next).Take(Math.Min(ScanStep, run.PageSize + 1))];
                (lsn, position) = (run.Container.Lsn, run.Container.JournalPosition);
            }

            if (step.Count == 0)
                return Answer(null);

            foreach (var entry in step)
            {
                scanned++;
                var sent = entry.Number == run.From.Position ? skip : 0;
                if (query is null)
                {
                    if (page.Count == run.PageSize || !page.HasRoomFor(entry.Body.Length))
                        return Answer(new QueryContinuation(null, entry.Number, 0));
                    page.Add(entry.Body);
                }
                else
                {
                    using var document = JsonDocument.Parse(entry.Body);
                    foreach (var result in query.Execute([document.RootElement]).Skip(sent))
                    {
                        var raw = JsonMarshal.GetRawUtf8Value(result);
                        if (page.Count == run.PageSize || !page.HasRoomFor(raw.Length))
                            return Answer(new QueryContinuation(null, entry.Number, sent));
                        page.Add(raw);
                        sent++;
                    }
                }

                next = entry.Number + 1;
            }
        }

        CosmosResponse Answer(QueryContinuation? continuation) => new(StatusCodes.Status200OK, page.Finish())
        {
            ItemCount = page.Count,
            Continuation = continuation?.ToString(),
            RequestCharge = RequestCharge.Query(scanned, page.Length),
            Container = run.Container,
            Lsn = lsn,
            JournalPosition = position,
        };
    }

    private CosmosResponse FromCursor(Run run, SqlQuery query)
    {
        List<DocumentEntry> entries = [];
        var (lsn, position) = (0L, 0L);
        var cursor = run.From.Cursor;
        var results = cursor is null ? null : _cursors.Find(cursor);
        lock (run.Container.Gate)
        {
            DocumentTransaction.PurgeExpired(run.Container, account.Journal, account.Now);
            if (results is null)
                entries = [.. run.Scope.FromNumber(run.Container, 0)];
            (lsn, position) = (run.Container.Lsn, run.Container.JournalPosition);
        }

        results ??= [.. query.Execute(entries.Select(static entry => JsonElement.Parse(entry.Body)))];
        var page = new FeedPage(run.Container.Rid);
        var offset = (int)run.From.Position;
        while (offset < results.Count && page.Count < run.PageSize)
        {
            var raw = JsonMarshal.GetRawUtf8Value(results[offset]);
            if (!page.HasRoomFor(raw.Length))
                break;
            page.Add(raw);
            offset++;
        }

        QueryContinuation? continuation = null;
        if (offset < results.Count)
        {
            var kept = cursor is not null && _cursors.Find(cursor) is not null ? cursor : _cursors.Add(results);
            continuation = new QueryContinuation(kept, offset, 0, run.ResumeFilter);
        }
        else if (cursor is not null)
        {
            _cursors.Remove(cursor);
        }

        return new CosmosResponse(StatusCodes.Status200OK, page.Finish())
        {
            ItemCount = page.Count,
            Continuation = continuation?.ToString(),
            RequestCharge = RequestCharge.Query(entries.Count, page.Length),
            Container = run.Container,
            Lsn = lsn,
            JournalPosition = position,
        };
    }

    private sealed record Run(ContainerState Container, FeedScope Scope, int PageSize, QueryContinuation From, JsonElement? ResumeFilter);
}
