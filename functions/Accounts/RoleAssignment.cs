using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public sealed record RoleRequest(Role Role);

/// <param name="Role">What the account's tokens say from its next refresh on, at most 15 minutes from now.</param>
public sealed record RoleAnswer(string UserId, Role Role);

/// <summary>
/// Gives roles. Power over others is not taken from a token alone: that an admin was demoted or signed out is heeded here at once. Everything that was
/// changed is in the log, by ids: who, whose, from what, to what.
/// </summary>
public sealed class RoleAssignment(AccountStore accounts, Sessions sessions, ILogger<RoleAssignment> logger)
{
    /// <exception cref="ProblemException">401: the admin's session is over. 403: no longer an admin, or their own role. 404: no such account.</exception>
    public async Task<RoleAnswer> AssignAsync(Caller admin, string userId, Role role, CancellationToken cancellationToken)
    {
        if (userId == admin.UserId) throw Problems.Of(StatusCodes.Status403Forbidden, "/problems/own-role", "Own role", "Nobody changes their own role.");
        if ((await sessions.RequireSessionAsync(admin, cancellationToken)).Role != Role.Admin) throw Problems.RoleRequired(Role.Admin);

        var before = role;
        var account = Id.IsValid(userId) ? await accounts.ChangeAsync(userId, Assign, cancellationToken) : null;
        if (account is null) throw Problems.NotFound("user");
        if (before != role) logger.LogWarning("Role of account {UserId} changed from {Before} to {Role} by account {AdminId}", userId, before, role, admin.UserId);
        return new RoleAnswer(userId, role);

        Account Assign(Account current)
        {
            before = current.Role;
            return current with { Role = role };
        }
    }
}
