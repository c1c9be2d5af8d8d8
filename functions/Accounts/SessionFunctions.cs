using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>The caller's signed-in devices. Only ever the caller's own: the ids of other people's sessions lead nowhere.</summary>
public sealed class SessionFunctions(SessionStore store, Sessions sessions, AccountStore accounts, Cursor cursor)
{
    [Function("ListSessions"), Answers<Page<SessionAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me/sessions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var list = $"sessions:{caller.UserId}";
        var limit = request.ReadLimit();
        var after = request.ReadCursor<ListPosition>(cursor, list)?.Id;
        var account = await accounts.FindAsync(caller.UserId, cancellationToken) ?? throw Problems.NotFound("account");

        // One more than is shown tells whether there is another page.
        var read = await store.ListAsync(caller.UserId, account.SessionGeneration, after, limit + 1, cancellationToken);
        var items = read.Take(limit).Select(session => SessionAnswer.Of(session, caller)).ToList();
        return Answers.Ok(new Page<SessionAnswer>(items, read.Count <= limit ? null : cursor.Encode(list, new ListPosition(read[limit - 1].Id))));
    }

    [Function("EndSession"), AnswersNothing]
    public async Task<IResult> EndAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/me/sessions/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        return Id.IsValid(id) && await store.DeleteAsync(caller.UserId, id, cancellationToken) ? Answers.NoContent() : throw Problems.NotFound("session");
    }

    [Function("EndOtherSessions"), AnswersNothing]
    public async Task<IResult> EndOthersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/me/sessions")] HttpRequest request, CancellationToken cancellationToken)
    {
        await sessions.EndOthersAsync(request.RequireCaller(), account => account, cancellationToken);
        return Answers.NoContent();
    }

    private sealed record ListPosition(string Id);
}

/// <param name="Device">What the device called itself when it signed in; empty when nothing.</param>
/// <param name="RefreshedAt">When it last got an access token.</param>
/// <param name="Current">Whether it is the one that asks.</param>
public sealed record SessionAnswer(string Id, string Device, DateTimeOffset CreatedAt, DateTimeOffset RefreshedAt, bool Current)
{
    public static SessionAnswer Of(Session session, Caller caller) =>
        new(session.SessionId, session.Device, session.CreatedAt, session.RefreshedAt, session.SessionId == caller.SessionId);
}
