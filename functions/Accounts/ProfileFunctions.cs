using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed class ProfileFunctions(
    AccountStore accounts, AccountEdgeStore edges, FollowerStore followers, RelationStore relations, TimeProvider time)
{
    [Function("GetMe"), Answers<OwnProfile>]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found")]
    public async Task<IResult> GetOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(request.RequireCaller().UserId, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.Ok(OwnProfile.Of(account, await CountAsync(account.UserId, cancellationToken), Age.Today(time)));
    }

    [Function("ChangeMe"), Asks<ProfileChange>, Answers<OwnProfile>]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found")]
    public async Task<IResult> ChangeOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "users/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var change = await request.ReadJsonAsync<ProfileChange>(cancellationToken);
        change.ThrowIfInvalid();
        var account = await accounts.ChangeAsync(request.RequireCaller().UserId, change.Apply, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.Ok(OwnProfile.Of(account, await CountAsync(account.UserId, cancellationToken), Age.Today(time)));
    }

    /// <summary>To whom an account blocks it does not exist. Who blocks it still finds it, to end the block.</summary>
    [Function("GetUser"), Answers<Profile>]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        if (!Id.IsValid(id)) throw Problems.NotFound("user");
        var relating = relations.FindAsync(request.RequireCaller().UserId, id, cancellationToken);
        var counting = CountAsync(id, cancellationToken);
        var account = await accounts.FindAsync(id, cancellationToken);
        var (relation, counts) = (await relating, await counting);
        return Answers.Ok(account is null || relation.BlockedBy ? throw Problems.NotFound("user") : Profile.Of(account, counts, relation));
    }

    [Function("ChooseInterests"), Asks<InterestsRequest>, AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found")]
    public async Task<IResult> ChooseInterestsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "onboarding/interests")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<InterestsRequest>(cancellationToken);
        body.ThrowIfInvalid();
        _ = await accounts.ChangeAsync(request.RequireCaller().UserId, body.Apply, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.NoContent();
    }

    private async Task<FollowCounts> CountAsync(string userId, CancellationToken cancellationToken)
    {
        var following = edges.CountFollowingAsync(userId, cancellationToken);
        return new FollowCounts(await followers.CountFollowersAsync(userId, cancellationToken), await following);
    }
}
