using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Social;

/// <summary>Blocks, which hide two accounts from each other, and mutes, which keep one out of the other's feeds. Neither is told to whom it is done.</summary>
public sealed class BlockFunctions(SocialGraph graph)
{
    [Function("BlockUser"), AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status400BadRequest, "/problems/invalid")]
    public Task<IResult> BlockAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{id}/block")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        DoneAsync(graph.BlockAsync(request.RequireCaller().UserId, id, cancellationToken));

    [Function("UnblockUser"), AnswersNothing]
    [Refuses(StatusCodes.Status400BadRequest, "/problems/invalid")]
    public Task<IResult> UnblockAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/block")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        DoneAsync(graph.UnblockAsync(request.RequireCaller().UserId, id, cancellationToken));

    [Function("MuteUser"), AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status400BadRequest, "/problems/invalid")]
    public Task<IResult> MuteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{id}/mute")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        DoneAsync(graph.MuteAsync(request.RequireCaller().UserId, id, cancellationToken));

    [Function("UnmuteUser"), AnswersNothing]
    [Refuses(StatusCodes.Status400BadRequest, "/problems/invalid")]
    public Task<IResult> UnmuteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{id}/mute")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        DoneAsync(graph.UnmuteAsync(request.RequireCaller().UserId, id, cancellationToken));

    private static async Task<IResult> DoneAsync(Task act)
    {
        await act;
        return Answers.NoContent();
    }
}
