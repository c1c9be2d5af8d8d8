using System.Globalization;
using Microsoft.AspNetCore.Http;
using TikTok.Local.Cosmos.Operations;
using TikTok.Local.Cosmos.Protocol;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>Lists documents: the read feed by creation, and the change feed by log sequence number.</summary>
internal sealed class FeedService(Account account)
{
    private const int DefaultPageSize = 1000;
    private const string FromNow = "*";

    /// <summary>All documents of the scope, by creation. The continuation is the number of the last document sent.</summary>
    public CosmosResponse ReadFeed(CosmosRequest request, ContainerState container)
    {
        var scope = FeedScope.From(request, container);
        var after = request.Header(CosmosHeaders.Continuation) is { Length: > 0 } token ? ParseNumber(token, "continuation") : 0;
        var pageSize = request.MaxItemCount(DefaultPageSize);
        var page = new FeedPage(container.Rid);
        lock (container.Gate)
        {
            DocumentTransaction.PurgeExpired(container, account.Journal, account.Now);
            string? continuation = null;
            foreach (var entry in scope.FromNumber(container, after + 1))
            {
                if (page.Count == pageSize || !page.HasRoomFor(entry.Body.Length))
                {
                    continuation = after.ToString(CultureInfo.InvariantCulture);
                    break;
                }

                page.Add(entry.Body);
                after = entry.Number;
            }

            return Answer(container, page) with { Continuation = continuation };
        }
    }

    /// <summary>
    /// Documents changed after a log sequence number, each in its latest state (deletes do not show). The ETag is where to go on;
    /// 304 says that there is nothing after it.
    /// </summary>
    public CosmosResponse ChangeFeed(CosmosRequest request, ContainerState container)
    {
        if (!string.Equals(request.Header(CosmosHeaders.ChangeFeedMode), "Incremental feed", StringComparison.OrdinalIgnoreCase))
            throw CosmosFailure.BadRequest("Only the change feed of latest versions is supported.");

        var scope = FeedScope.From(request, container);
        var pageSize = request.MaxItemCount(DefaultPageSize);
        var since = request.Header("If-Modified-Since") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time.ToUnixTimeMilliseconds()
            : (long?)null;
        var known = request.Header("If-None-Match");
        var page = new FeedPage(container.Rid);
        lock (container.Gate)
        {
            DocumentTransaction.PurgeExpired(container, account.Journal, account.Now);
            var last = known switch
            {
                null => 0,
                FromNow => container.Lsn,
                _ => ParseNumber(known.Trim('"'), "change feed"),
            };
            var reached = container.Lsn;
            foreach (var entry in container.ChangedAfter(last))
            {
                if (!scope.Contains(entry, container) || (known is null && entry.WrittenAt < since))
                    continue;

                // A transaction is never cut in two: documents that share a log sequence number come on one page.
                if ((page.Count >= pageSize || !page.HasRoomFor(entry.Body.Length)) && entry.Lsn != last)
                {
                    reached = last;
                    break;
                }

                page.AddChange(entry);
                last = entry.Lsn;
            }

            var answer = Answer(container, page) with { ETag = string.Create(CultureInfo.InvariantCulture, $"\"{reached}\"") };
            return page.Count > 0 ? answer : answer with { Status = StatusCodes.Status304NotModified, Body = default };
        }
    }

    private static CosmosResponse Answer(ContainerState container, FeedPage page) => new(StatusCodes.Status200OK, page.Finish())
    {
        ItemCount = page.Count,
        RequestCharge = RequestCharge.Read(page.Length),
        Container = container,
        Lsn = container.Lsn,
        JournalPosition = container.JournalPosition,
    };

    private static long ParseNumber(string token, string what) =>
        long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw CosmosFailure.BadRequest($"The {what} token '{token}' is not valid.");
}
