using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed class RoleFunctions(RoleAssignment roles)
{
    [Function("AssignRole"), Allows(Role.Admin), Asks<RoleRequest>, Answers<RoleAnswer>]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/own-role")]
    public async Task<IResult> AssignAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "ops/users/{id}/role")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<RoleRequest>(cancellationToken);
        return Answers.Ok(await roles.AssignAsync(request.RequireCaller(), id, body.Role, cancellationToken));
    }
}
