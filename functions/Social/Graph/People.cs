using Microsoft.AspNetCore.Http;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>The lists of people around an account, newest first, as the caller may see them: without those whom a block stands between.</summary>
public sealed class People(AccountStore accounts, AccountEdgeStore edges, FollowerStore followers, RelationStore relations, Cursor cursors)
{
    public Task<Page<PersonAnswer>> RequestersAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var userId = request.RequireCaller().UserId;
        return ListAsync(
            request, $"followRequests:{userId}", (after, count) => followers.ListAsync(userId, FollowState.Requested, after, count, cancellationToken),
            edge => edge.UserId, cancellationToken);
    }

    /// <exception cref="ProblemException">403: the account is private and the caller no follower. 404: there is none, or a block stands between.</exception>
    public async Task<Page<PersonAnswer>> FollowersAsync(string userId, HttpRequest request, CancellationToken cancellationToken)
    {
        await RequireOpenAsync(userId, request.RequireCaller(), cancellationToken);
        return await ListAsync(
            request, $"followers:{userId}", (after, count) => followers.ListAsync(userId, FollowState.Following, after, count, cancellationToken),
            edge => edge.UserId, cancellationToken);
    }

    /// <inheritdoc cref="FollowersAsync"/>
    public async Task<Page<PersonAnswer>> FollowingAsync(string userId, HttpRequest request, CancellationToken cancellationToken)
    {
        await RequireOpenAsync(userId, request.RequireCaller(), cancellationToken);
        return await ListAsync(
            request, $"following:{userId}", (after, count) => edges.ListFollowingAsync(userId, after, count, cancellationToken),
            edge => edge.TargetId, cancellationToken);
    }

    private async Task RequireOpenAsync(string userId, Caller caller, CancellationToken cancellationToken)
    {
        if (!Id.IsValid(userId)) throw Problems.NotFound("user");
        if (userId == caller.UserId) return;
        var finding = relations.FindAsync(caller.UserId, userId, cancellationToken);
        var account = await accounts.FindAsync(userId, cancellationToken);
        var relation = await finding;
        if (account is null || relation.IsBlocked) throw Problems.NotFound("user");
        if (account.Private && !relation.Following && caller.Role < Role.Moderator) throw Problems.Forbidden("This account is private: its lists are for its followers.");
    }

    private async Task<Page<PersonAnswer>> ListAsync(
        HttpRequest request, string list, Func<string?, int, Task<IReadOnlyList<AccountEdge>>> read, Func<AccountEdge, string> idOf,
        CancellationToken cancellationToken)
    {
        var limit = request.ReadLimit();

        // One more than is shown tells whether there is another page.
        var found = await read(request.ReadCursor<ListPosition>(cursors, list)?.SortKey, limit + 1);
        var shown = found.Take(limit).ToList();
        var items = await AnswerAsync(request.RequireCaller().UserId, [.. shown.Select(idOf)], cancellationToken);
        return new Page<PersonAnswer>(items, found.Count <= limit ? null : cursors.Encode(list, new ListPosition(shown[^1].SortKey)));
    }

    private async Task<IReadOnlyList<PersonAnswer>> AnswerAsync(string callerId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var finding = relations.FindManyAsync(callerId, ids, cancellationToken);
        var found = await accounts.FindManyAsync(ids, cancellationToken);
        var related = await finding;
        return
        [
            .. ids.Where(found.ContainsKey)
                .Select(id => (Account: found[id], Relation: related.GetValueOrDefault(id, Relation.None)))
                .Where(p => !p.Relation.IsBlocked)
                .Select(p => PersonAnswer.Of(p.Account, p.Relation)),
        ];
    }

    private sealed record ListPosition(string SortKey);
}

/// <summary>Someone in a list.</summary>
/// <param name="Following">Whether the caller follows them.</param>
/// <param name="Requested">Whether the caller has asked to.</param>
/// <param name="FollowedBy">Whether they follow the caller.</param>
public sealed record PersonAnswer(
    string Id, string Username, string DisplayName, bool Verified, bool Private, bool Following, bool Requested, bool FollowedBy)
{
    public static PersonAnswer Of(Account account, Relation relation) => new(
        account.UserId, account.Username, account.DisplayName, account.IsVerified, account.Private,
        relation.Following, relation.Requested, relation.FollowedBy);
}
