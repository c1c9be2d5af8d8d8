using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Local.Cosmos;

namespace TikTok.LocalTests;

/// <summary>
/// The Cosmos DB emulator as a child process with its own temporary data, and a client of it. As an xunit fixture it is one for a
/// class; a test that kills it makes its own with <see cref="StartAsync"/>.
/// </summary>
public sealed class CosmosProcess : IAsyncLifetime, IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tiktok-cosmos-");
    private HttpClient? _admin;
    private LocalProcess? _process;

    /// <summary>Where it listens; the same after a restart.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1:0");

    /// <summary>A client with the web defaults of System.Text.Json, as the product's.</summary>
    public CosmosClient Client { get; private set; } = null!;

    /// <summary>For every client of it.</summary>
    public string ConnectionString => $"AccountEndpoint={Address};AccountKey={CosmosEmulator.EmulatorKey};DisableServerCertificateValidation=True";

    /// <summary>The folder that keeps its state.</summary>
    public string Data => _data.FullName;

    public static async Task<CosmosProcess> StartAsync()
    {
        var process = new CosmosProcess();
        await process.InitializeAsync();
        return process;
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        _process = await LocalProcess.StartAsync(
            "cosmos listening on", "cosmos", "--data", _data.FullName, "--port", Address.Port.ToString(CultureInfo.InvariantCulture));
        Address = new Uri(_process.ReadyLine.Split(' ')[^1]);
        Client ??= CreateClient();
        _admin ??= CreateAdminClient();
    }

    /// <summary>Another client, with options of its own.</summary>
    public CosmosClient CreateClient(Action<CosmosClientOptions>? configure = null)
    {
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web),
        };
        configure?.Invoke(options);
        return new CosmosClient(ConnectionString, options);
    }

    /// <summary>A new container in a new database, so that tests do not see each other's documents.</summary>
    public async Task<Container> CreateContainerAsync(params string[] partitionKeyPaths) =>
        await CreateContainerAsync(new ContainerProperties("items", partitionKeyPaths));

    /// <inheritdoc cref="CreateContainerAsync(string[])" />
    public async Task<Container> CreateContainerAsync(ContainerProperties properties)
    {
        Database database = await Client.CreateDatabaseAsync($"db-{Guid.NewGuid():n}");
        return await database.CreateContainerAsync(properties);
    }

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Kills it where it still runs, and starts it again with the same data at the same address.</summary>
    public async Task RestartAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await InitializeAsync();
    }

    /// <summary>Asks for a fault, as its JSON.</summary>
    public async Task FailAsync(string fault)
    {
        using var response = await _admin!.PostAsync(new Uri(Address, "_faults"), new StringContent(fault));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends all faults.</summary>
    public async Task HealAsync()
    {
        using var response = await _admin!.DeleteAsync(new Uri(Address, "_faults"));
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        Client?.Dispose();
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _admin?.Dispose();
        _data.Delete(recursive: true);
    }

    // Outside the Cosmos client nothing skips validation: the emulator's own certificate is the one that is trusted.
    private HttpClient CreateAdminClient()
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.Add(X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Data, "cert.pfx"), null));
        return new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trusted } });
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());
}
