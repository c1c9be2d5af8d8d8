using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Local.Up.Demo;

/// <summary>An admin for the demo. Registered as anyone is; the role is written where the operator of a new service has it written by a setting, which would need a restart.</summary>
internal sealed class DemoStaff(UpOptions options, IConfiguration settings, TimeProvider time)
{
    public static readonly DemoAccount Admin = new("demo_admin", "Demo-Password-3", "Demo's admin");

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = options.Api, Timeout = TimeSpan.FromSeconds(30) };
        var userId = await new DemoApi(http, time).SignInAsync(Admin, cancellationToken);
        using var cosmos = new AzureClients(settings).Cosmos();
        await new AccountStore(cosmos).ChangeAsync(userId, account => account with { Role = Role.Admin }, cancellationToken);
    }
}
