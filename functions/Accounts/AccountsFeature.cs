using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

public static class AccountsFeature
{
    /// <exception cref="InvalidOperationException">A setting is not what it should be.</exception>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration) => services
        .Configure<PasswordHasherOptions>(options => options.IterationCount = Passwords.Iterations)
        .AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>()
        .AddSingleton(FirstAdmin.From(configuration))
        .AddSingleton(BreachedPasswords.From(configuration))
        .AddSingleton<PasswordRules>()
        .AddSingleton<Passwords>()
        .AddSingleton<UsernameStore>()
        .AddSingleton<LoginFailureStore>()
        .AddSingleton<LoginThrottle>()
        .AddSingleton<SessionStore>()
        .AddSingleton<Sessions>()
        .AddSingleton<Registration>()
        .AddSingleton<SignIn>()
        .AddSingleton<PasswordConfirmation>()
        .AddSingleton<PasswordChange>()
        .AddSingleton<RoleAssignment>()
        .AddSingleton<ISweep, UnconfirmedUsernames>()
        .AddSingleton<AccountDeletion>();
}
