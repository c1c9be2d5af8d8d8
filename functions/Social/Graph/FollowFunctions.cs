using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>Follows and requests to follow: any number of calls, in any order, come to the state that the last one asked for, and to exact counts.</summary>
public sealed class FollowFunctions(SocialGraph graph, People people)
{
    [Function("FollowUser"), Limited(RouteClass.Follows), Answers<FollowAnswer>]
    [Refuses(StatusCodes.Status409Conflict, "/problems/blocked", "/problems/following-limit")]
    public async Task<IResult> FollowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{id}/follow")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Answers.Ok(await graph.FollowAsync(request.RequireCaller().UserId, id, cancellationToken));

    [Function("UnfollowUser"), Answers<FollowAnswer>]
    [Refuses(StatusCodes.Status400BadRequest, "/problems/invalid")]
    public async Task<IResult> UnfollowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/follow")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Answers.Ok(await graph.UnfollowAsync(request.RequireCaller().UserId, id, cancellationToken));

    /// <summary>Who asks to follow the caller, newest first.</summary>
    [Function("ListFollowRequests"), Answers<Page<PersonAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    public async Task<IResult> ListRequestsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me/follow-requests")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(await people.RequestersAsync(request, cancellationToken));

    [Function("AcceptFollowRequest"), AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status409Conflict, "/problems/following-limit")]
    public async Task<IResult> AcceptAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/me/follow-requests/{userId}/accept")] HttpRequest request,
        string userId,
        CancellationToken cancellationToken)
    {
        await graph.AcceptAsync(request.RequireCaller().UserId, userId, cancellationToken);
        return Answers.NoContent();
    }

    [Function("DeclineFollowRequest"), AnswersNothing]
    public async Task<IResult> DeclineAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/me/follow-requests/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellationToken)
    {
        await graph.DeclineAsync(request.RequireCaller().UserId, userId, cancellationToken);
        return Answers.NoContent();
    }

    /// <summary>Newest first. A private account's are for its followers.</summary>
    [Function("ListFollowers"), Answers<Page<PersonAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> ListFollowersAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}/followers")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Answers.Ok(await people.FollowersAsync(id, request, cancellationToken));

    /// <inheritdoc cref="ListFollowersAsync"/>
    [Function("ListFollowing"), Answers<Page<PersonAnswer>>, Query("limit", typeof(int)), Query("cursor")]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/forbidden")]
    public async Task<IResult> ListFollowingAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{id}/following")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Answers.Ok(await people.FollowingAsync(id, request, cancellationToken));
}
