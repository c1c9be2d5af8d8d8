using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core.Documents;

namespace TikTok.Functions.Accounts;

public static class AccountsFeature
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .Configure<PasswordHasherOptions>(options => options.IterationCount = Passwords.Iterations)
        .AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>()
        .AddSingleton<Passwords>()
        .AddSingleton<UsernameStore>()
        .AddSingleton<SessionStore>()
        .AddSingleton<Sessions>()
        .AddSingleton<Registration>()
        .AddSingleton<SignIn>();
}
