using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Accounts;

/// <summary>A registration that dies before or after each of its writes, and the next one of that name: one account, one password, no name lost.</summary>
public sealed class RegistrationCrashTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private const int Writes = 5;
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly PlatformSecret Secret = new(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
    private static readonly BreachedPasswords Breached = new();

    public static TheoryData<int, bool> Deaths
    {
        get
        {
            var deaths = new TheoryData<int, bool>();
            for (var write = 1; write <= Writes; write++)
            {
                deaths.Add(write, false);
                deaths.Add(write, true);
            }

            return deaths;
        }
    }

    [Fact]
    public async Task Registration_has_as_many_writes_as_the_deaths_cover()
    {
        var death = new Death(int.MaxValue, isAfter: false);
        using var client = Client(death);
        await new Instance(client, TimeProvider.System).RegisterAsync(Api.NewName(), "the first password");
        Assert.Equal(Writes, death.Writes);
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Name_is_the_first_ones_if_the_account_was_there_and_else_free(int write, bool isAfter)
    {
        var name = Api.NewName();
        using (var client = Client(new Death(write, isAfter)))
            await Assert.ThrowsAnyAsync<Exception>(() => new Instance(client, TimeProvider.System).RegisterAsync(name, "the first password"));

        // At once the name may still be a living registration's; later the dead one is known for what it is.
        var later = new Instance(database.Client, new Later(Registration.AbandonedAfter + TimeSpan.FromSeconds(1)));
        var isSecond = await later.RegisterAsync(name, "the second password");

        var accountWasThere = (write, isAfter) is not ((1, _) or (2, false));
        Assert.Equal(!accountWasThere, isSecond);
        Assert.Equal(accountWasThere, await later.CanLogInAsync(name, "the first password"));
        Assert.Equal(isSecond, await later.CanLogInAsync(name, "the second password"));
        Assert.Equal(1, await AccountsNamedAsync(name));
        UsernameReservation reservation = await database.Client.GetContainer(Containers.Database, Containers.Usernames)
            .ReadItemAsync<UsernameReservation>(name, new PartitionKey(name));
        Assert.True(reservation.Confirmed);
    }

    private CosmosClient Client(Death death)
    {
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            UseSystemTextJsonSerializerWithOptions = CoreJson.Options,
            CustomHandlers = { death },
        };
        return new CosmosClient(database.Process.ConnectionString, options);
    }

    private async Task<int> AccountsNamedAsync(string name)
    {
        var query = new QueryDefinition("SELECT VALUE COUNT(1) FROM c WHERE c.type = 'account' AND c.username = @name").WithParameter("@name", name);
        using var pages = database.Client.GetContainer(Containers.Database, Containers.Accounts).GetItemQueryIterator<int>(query);
        var count = 0;
        while (pages.HasMoreResults) count += (await pages.ReadNextAsync()).Sum();
        return count;
    }

    /// <summary>The feature as one process has it.</summary>
    private sealed class Instance
    {
        private readonly Registration _registration;
        private readonly SignIn _signIn;

        public Instance(CosmosClient client, TimeProvider time)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var passwords = new Passwords(new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })));
            var (usernames, accounts) = (new UsernameStore(client), new AccountStore(client));
            var sessions = new Sessions(new SessionStore(client), accounts, new AccessTokens(new TokenKeys(key.ExportPkcs8PrivateKeyPem()), time), time);
            var throttle = new LoginThrottle(new LoginFailureStore(client), Secret, time);
            _registration = new Registration(
                usernames, accounts, passwords, new PasswordRules(Breached), sessions, throttle, time, NullLogger<Registration>.Instance);
            _signIn = new SignIn(usernames, accounts, passwords, sessions, throttle, new FirstAdmin(UserId: null));
        }

        /// <returns>Whether the name was free.</returns>
        public async Task<bool> RegisterAsync(string name, string password)
        {
            try
            {
                await _registration.RegisterAsync(new RegisterRequest(name, password, new DateOnly(1990, 1, 1)), Address, "test", CancellationToken.None);
                return true;
            }
            catch (ProblemException e) when (e.Problem.Type == "/problems/username-taken")
            {
                return false;
            }
        }

        public async Task<bool> CanLogInAsync(string name, string password)
        {
            try
            {
                await _signIn.LoginAsync(new LoginRequest(name, password), Address, "test", CancellationToken.None);
                return true;
            }
            catch (ProblemException e) when (e.Problem.Type == "/problems/invalid-credentials")
            {
                return false;
            }
        }
    }

    /// <summary>Lets a process write so many times, and nothing after: what it would do to clean up does not happen either.</summary>
    private sealed class Death(int atWrite, bool isAfter) : RequestHandler
    {
        private bool _isDead;

        public int Writes { get; private set; }

        public override async Task<ResponseMessage> SendAsync(RequestMessage request, CancellationToken cancellationToken)
        {
            if (_isDead) throw new InvalidOperationException("The process is dead.");
            if (request.Method == HttpMethod.Get || request.Headers["x-ms-documentdb-isquery"] is not null || ++Writes < atWrite)
                return await base.SendAsync(request, cancellationToken);
            _isDead = true;
            if (isAfter) (await base.SendAsync(request, cancellationToken)).Dispose();
            throw new InvalidOperationException("The process dies.");
        }
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
