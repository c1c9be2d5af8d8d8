using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.Functions.Accounts;

/// <summary>
/// How a service without an admin gets one: the account whose id setting <c>Accounts__FirstAdmin</c> holds is made one at its next login. An id and not a
/// username, because a name that nobody has yet could be registered by anybody.
/// </summary>
/// <param name="UserId">null: nobody.</param>
public sealed record FirstAdmin(string? UserId)
{
    /// <exception cref="InvalidOperationException">The setting is no id.</exception>
    public static FirstAdmin From(IConfiguration configuration) => configuration["Accounts:FirstAdmin"] switch
    {
        null or "" => new FirstAdmin(UserId: null),
        var id when Id.IsValid(id) => new FirstAdmin(id),
        _ => throw new InvalidOperationException("Setting 'Accounts__FirstAdmin' must be the id of an account, as GET users/me tells its owner."),
    };

    public Role RoleOf(Account account) => account.UserId == UserId ? Role.Admin : account.Role;
}
