using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>
/// Who follows, blocks and mutes whom. Each act is one write of the <see cref="AccountEdge"/> of the one who acts; what must follow in other partitions (the
/// mirror and count of followers, the end of follows that a block cuts) is done at once and, in case it was not, again by the change feed (<see cref="SettleAsync"/>).
/// </summary>
public sealed class SocialGraph(AccountStore accounts, AccountEdgeStore edges, FollowerStore followers)
{
    /// <summary>Makes the one follow the other, or ask to, where the other is private.</summary>
    /// <exception cref="ProblemException">400: it is the caller's own account. 404: there is no such account, or it blocks the caller. 409: the caller blocks it, or follows too many.</exception>
    public async Task<FollowAnswer> FollowAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        RequireOther(userId, targetId);
        var finding = accounts.FindAsync(targetId, cancellationToken);
        var theirs = await edges.FindAsync(targetId, userId, cancellationToken);
        if (await finding is not { } target || theirs.Blocking) throw Problems.NotFound("user");

        var wanted = target.Private ? FollowState.Requested : FollowState.Following;
        var edge = await edges.ChangeAsync(
            userId, targetId, e => e.Blocking || e.Follow == FollowState.Following ? e : e with { Follow = wanted }, cancellationToken) ?? throw FollowsTooMany();
        if (edge.Blocking) throw Problems.Conflict("/problems/blocked", "Blocked", "You block this account. Unblock it to follow it.");
        return await MirrorAsync(edge, cancellationToken);
    }

    /// <summary>Ends the follow, or the request for it.</summary>
    public async Task<FollowAnswer> UnfollowAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        RequireOther(userId, targetId);
        if ((await edges.FindAsync(targetId, userId, cancellationToken)).Blocking) throw Problems.NotFound("user");
        return await MirrorAsync(await EndAsync(userId, targetId, cancellationToken), cancellationToken);
    }

    /// <summary>Lets someone follow who asked to. Repeated, it changes nothing.</summary>
    /// <exception cref="ProblemException">404: nobody asked. 409: who asked follows too many by now.</exception>
    public async Task AcceptAsync(string userId, string requesterId, CancellationToken cancellationToken)
    {
        RequireRequester(requesterId);
        var edge = await edges.ChangeAsync(
            requesterId, userId, e => e.Follow == FollowState.Requested ? e with { Follow = FollowState.Following } : e, cancellationToken) ?? throw FollowsTooMany();
        if (edge.Follow != FollowState.Following) throw Problems.NotFound("follow request");
        await followers.MirrorAsync(edge, cancellationToken);
    }

    /// <summary>Turns a request down; a follow that was accepted stays.</summary>
    public async Task DeclineAsync(string userId, string requesterId, CancellationToken cancellationToken)
    {
        RequireRequester(requesterId);
        var edge = await ChangeAsync(
            requesterId, userId, e => e.Follow == FollowState.Requested ? e with { Follow = FollowState.None } : e, cancellationToken);
        await followers.MirrorAsync(edge, cancellationToken);
    }

    /// <summary>A block ends follows and requests both ways, and an unblock brings none back.</summary>
    public async Task BlockAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        await RequireAccountAsync(userId, targetId, cancellationToken);
        var edge = await ChangeAsync(userId, targetId, e => e with { Blocking = true, Follow = FollowState.None }, cancellationToken);
        await followers.MirrorAsync(edge, cancellationToken);
        await SeverAsync(targetId, userId, cancellationToken);
    }

    public async Task UnblockAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        RequireOther(userId, targetId);

        // The change feed tells of the latest state alone: after the unblock it could not finish a block that died half-way.
        if ((await edges.FindAsync(userId, targetId, cancellationToken)).Blocking) await SeverAsync(targetId, userId, cancellationToken);
        await ChangeAsync(userId, targetId, e => e with { Blocking = false }, cancellationToken);
    }

    public async Task MuteAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        await RequireAccountAsync(userId, targetId, cancellationToken);
        await ChangeAsync(userId, targetId, e => e with { Muting = true }, cancellationToken);
    }

    public async Task UnmuteAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        RequireOther(userId, targetId);
        await ChangeAsync(userId, targetId, e => e with { Muting = false }, cancellationToken);
    }

    /// <summary>
    /// Does what must follow from an edge, whoever wrote it and however far they came. A follow and a block that crossed have each seen the other missing:
    /// of the two, each told of here after its write, one finds the other.
    /// </summary>
    public async Task SettleAsync(AccountEdge edge, CancellationToken cancellationToken)
    {
        // What is told late must not bring back what went with an account.
        if ((await accounts.FindExistingAsync([edge.UserId, edge.TargetId], cancellationToken)).Count < 2) return;

        await followers.MirrorAsync(edge, cancellationToken);
        if (edge.Blocking) await SeverAsync(edge.TargetId, edge.UserId, cancellationToken);
        if (edge.Follow == FollowState.None) return;

        if ((await edges.FindAsync(edge.TargetId, edge.UserId, cancellationToken)).Blocking)
            await SeverAsync(edge.UserId, edge.TargetId, cancellationToken);
        else if (edge.Follow == FollowState.Requested && await accounts.FindAsync(edge.TargetId, cancellationToken) is { Private: false })
            await AcceptOpenAsync(edge, cancellationToken);
    }

    /// <summary>An account that is not private has nothing to accept: whoever asked before follows now, oldest request last.</summary>
    public async Task AcceptAllAsync(string userId, CancellationToken cancellationToken)
    {
        const int pageSize = 100;
        string? after = null;
        while (true)
        {
            var requests = await followers.ListAsync(userId, FollowState.Requested, after, pageSize, cancellationToken);
            foreach (var request in requests) await AcceptOpenAsync(request, cancellationToken);
            if (requests.Count < pageSize) return;
            after = requests[^1].SortKey;
        }
    }

    /// <summary>Who follows too many by now stays a requester: nobody is there to be told.</summary>
    private async Task AcceptOpenAsync(AccountEdge request, CancellationToken cancellationToken)
    {
        var edge = await edges.ChangeAsync(
            request.UserId, request.TargetId, e => e.Follow == FollowState.Requested ? e with { Follow = FollowState.Following } : e, cancellationToken);
        if (edge is not null) await followers.MirrorAsync(edge, cancellationToken);
    }

    private async Task SeverAsync(string userId, string targetId, CancellationToken cancellationToken) =>
        await followers.MirrorAsync(await EndAsync(userId, targetId, cancellationToken), cancellationToken);

    private Task<AccountEdge> EndAsync(string userId, string targetId, CancellationToken cancellationToken) =>
        ChangeAsync(userId, targetId, e => e with { Follow = FollowState.None }, cancellationToken);

    /// <summary>For changes that add no follow, and so cannot meet the limit.</summary>
    private async Task<AccountEdge> ChangeAsync(string userId, string targetId, Func<AccountEdge, AccountEdge> change, CancellationToken cancellationToken) =>
        await edges.ChangeAsync(userId, targetId, change, cancellationToken) ?? throw new InvalidOperationException("An edge that ended was refused for being one too many.");

    private async Task<FollowAnswer> MirrorAsync(AccountEdge edge, CancellationToken cancellationToken)
    {
        await followers.MirrorAsync(edge, cancellationToken);
        return new FollowAnswer(
            edge.Follow == FollowState.Following,
            edge.Follow == FollowState.Requested ? true : null,
            await followers.CountFollowersAsync(edge.TargetId, cancellationToken));
    }

    private async Task RequireAccountAsync(string userId, string targetId, CancellationToken cancellationToken)
    {
        RequireOther(userId, targetId);
        if (await accounts.FindAsync(targetId, cancellationToken) is null) throw Problems.NotFound("user");
    }

    private static void RequireRequester(string userId)
    {
        if (!Core.Id.IsValid(userId)) throw Problems.NotFound("follow request");
    }

    private static void RequireOther(string userId, string targetId)
    {
        if (!Core.Id.IsValid(targetId)) throw Problems.NotFound("user");
        if (userId == targetId) throw Problems.Invalid("id", "is your own account");
    }

    private static ProblemException FollowsTooMany() => Problems.Conflict(
        "/problems/following-limit", "Too many follows", $"An account may follow {AccountEdgeStore.MaxFollowing} others.");
}

/// <param name="Following">Whether the caller follows the account now.</param>
/// <param name="Requested">True while the account, which is private, has not yet said yes; else absent.</param>
/// <param name="FollowersCount">Everyone's follows of the account, the caller's included.</param>
public sealed record FollowAnswer(bool Following, bool? Requested, long FollowersCount);
