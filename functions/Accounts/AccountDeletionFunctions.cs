using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed class AccountDeletionFunctions(AccountDeletion deletion)
{
    /// <summary>Ends the caller's account at once; erasing what it left takes a while, and the receipt says where to see it done.</summary>
    [Function("DeleteMe"), Asks<DeletionRequest>, Answers<DeletionReceipt>(StatusCodes.Status202Accepted)]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/wrong-password")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<DeletionRequest>(cancellationToken);
        var receipt = await deletion.DeleteAsync(request.RequireCaller(), request.ClientAddress(), body, cancellationToken);
        request.HttpContext.Response.Headers.Location = receipt.StatusUrl;
        return Answers.Accepted(receipt);
    }
}
