using System.Net.Http.Headers;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Local.Up;
using TikTok.Tests.Shared;

namespace TikTok.Benchmarks.Harness;

/// <summary>
/// The whole local service over fresh state, as <c>local/up</c> starts it, and what stands beside its API: its database, to fill it, and its signing key, to call as
/// anyone.
/// </summary>
internal sealed class BenchService : IAsyncDisposable
{
    private readonly UpProcess _up;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly AccessTokens _tokens;

    private BenchService(UpProcess up, IReadOnlyDictionary<string, string> settings, TimeProvider time)
    {
        _up = up;
        _settings = settings;
        _tokens = new AccessTokens(new TokenKeys(settings["Jwt__SigningKey"]), time);
        Clients = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(settings!).Build());
        Cosmos = Clients.Cosmos();
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1_000 }) { BaseAddress = up.Api };
    }

    /// <summary>Clients of the emulators, as the product makes them.</summary>
    public AzureClients Clients { get; }

    /// <summary>A client that speaks the product's JSON.</summary>
    public CosmosClient Cosmos { get; }

    /// <summary>A client of the API; its base address ends in the route prefix.</summary>
    public HttpClient Http { get; }

    public Uri Ranker => new(_settings["Ranker__Url"]);

    public static async Task<BenchService> StartAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        // Ports and keys are chosen before the start, and found by it.
        var path = Path.Combine(context.WorkDirectory, "service");
        IReadOnlyDictionary<string, string> settings;
        using (var data = DataDirectory.Open(path))
        {
            var options = new UpOptions { Root = context.RepositoryRoot, Data = path, Demo = false };
            settings = new ServiceTopology(options, data, new PortBook(data.Ports), Secrets.LoadOrCreate(data.Secrets)).Settings;
        }
        var up = await UpProcess.StartAsync(context.RepositoryRoot, path, ["--no-demo"], context.Time, cancellationToken);
        context.Log($"ready in {up.StartTime.TotalSeconds:0.0} s");
        return new BenchService(up, settings, context.Time);
    }

    /// <summary>An access token, which the API takes for a quarter of an hour.</summary>
    /// <param name="sessionId">null: of a session that is over, which most of the API does not ask for.</param>
    public AuthenticationHeaderValue SignIn(Account account, string? sessionId = null) => new(
        "Bearer",
        _tokens.Issue(new Caller(account.UserId, account.Username, account.Role, AccountType.Standard) { SessionId = sessionId ?? Id.New(TimeProvider.System) }));

    public IReadOnlyList<ServiceProcess> Processes() => ServiceProcess.Read(_up.ProcessId);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Cosmos.Dispose();
        await _up.DisposeAsync();
    }
}
