using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed class ProfileFunctions(AccountStore accounts, TimeProvider time)
{
    [Function("GetMe"), Answers<OwnProfile>]
    public async Task<IResult> GetOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(request.RequireCaller().UserId, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.Ok(OwnProfile.Of(account, Age.Today(time)));
    }

    [Function("ChangeMe"), Asks<ProfileChange>, Answers<OwnProfile>]
    public async Task<IResult> ChangeOwnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "users/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var change = await request.ReadJsonAsync<ProfileChange>(cancellationToken);
        change.ThrowIfInvalid();
        var account = await accounts.ChangeAsync(request.RequireCaller().UserId, change.Apply, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.Ok(OwnProfile.Of(account, Age.Today(time)));
    }

    [Function("GetUser"), Answers<Profile>]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var account = Id.IsValid(id) ? await accounts.FindAsync(id, cancellationToken) : null;
        return Answers.Ok(Profile.Of(account ?? throw Problems.NotFound("user")));
    }

    [Function("ChooseInterests"), Asks<InterestsRequest>, AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    public async Task<IResult> ChooseInterestsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "onboarding/interests")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<InterestsRequest>(cancellationToken);
        body.ThrowIfInvalid();
        _ = await accounts.ChangeAsync(request.RequireCaller().UserId, body.Apply, cancellationToken) ?? throw Problems.NotFound("account");
        return Answers.NoContent();
    }
}
