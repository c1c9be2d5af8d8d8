using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests;

/// <summary>
/// The product's own functions and ranker as processes over emulators with temporary data, and clients of all of them. One for all classes of the
/// collection: they share accounts, so a test makes names of its own.
/// </summary>
public sealed class ProductService : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tiktok-product-");
    private TokenKeys _tokenKeys = null!;
    private LocalProcess? _ranker;
    private LocalProcess? _functions;
    private Dictionary<string, string> _settings = [];

    public CosmosProcess CosmosProcess { get; } = new();

    public StorageProcess StorageProcess { get; } = new();

    public EventHubsProcess EventHubsProcess { get; } = new();

    /// <summary>A client that speaks the product's JSON.</summary>
    public CosmosClient Cosmos { get; private set; } = null!;

    /// <summary>A client of the API; its base address ends in the route prefix.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>What setting <c>Accounts__FirstAdmin</c> says.</summary>
    public string FirstAdminId { get; } = Id.New(TimeProvider.System);

    /// <summary>Issues what the service takes for its own access tokens, for any caller and at any time.</summary>
    public AccessTokens Tokens(TimeProvider? time = null) => new(_tokenKeys, time ?? TimeProvider.System);

    /// <summary>What the functions process has printed.</summary>
    public string FunctionsOutput => _functions?.Output ?? "";

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        await Task.WhenAll(CosmosProcess.InitializeAsync(), StorageProcess.InitializeAsync(), EventHubsProcess.InitializeAsync());
        var connection = new Dictionary<string, string?>(StringComparer.Ordinal) { [Connections.Cosmos] = CosmosProcess.ConnectionString };
        Cosmos = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(connection).Build()).Cosmos();
        await Task.WhenAll(
            CosmosSchema.EnsureCreatedAsync(Cosmos, CancellationToken.None),
            StorageSchema.EnsureCreatedAsync(StorageProcess.Blobs, StorageProcess.Queues, CancellationToken.None));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = StorageProcess.ConnectionString,
            [Connections.Storage] = StorageProcess.ConnectionString,
            [Connections.Cosmos] = CosmosProcess.ConnectionString,
            [Connections.EventHubs] = EventHubsProcess.ConnectionString,
            ["MediaBaseUrl"] = new Uri(StorageProcess.Blobs.Uri, $"{StorageProcess.Blobs.AccountName}/{BlobContainers.Media}").AbsoluteUri,

            // All tests are one address and some are in a hurry. Limits that count people by the day are the product's own, so that tests meet them.
            ["RateLimits__Requests"] = "100000",
            ["RateLimits__AnonymousRequests"] = "100000",
            ["RateLimits__Registrations"] = "100000",
            ["RateLimits__SignIns"] = "100000",
            ["RateLimits__WatchEvents"] = "100000",
            ["Jwt__SigningKey"] = Convert.ToBase64String(key.ExportPkcs8PrivateKey()),
            ["Accounts__FirstAdmin"] = FirstAdminId,
            ["Privacy__VerifyAfterSeconds"] = "3",
            ["Ranker__Directory"] = Path.Combine(_data.FullName, "ranker"),
            ["Follower__Interval"] = "00:00:01",
            ["Platform__Secret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        _tokenKeys = new TokenKeys(settings["Jwt__SigningKey"]);
        _settings = settings;
        await StartRankerAsync("http://127.0.0.1:0");
        settings["Ranker__Url"] = _ranker!.ReadyLine.Split(' ')[^1];
        _functions = await StartFunctionsAsync(port: 0);
        Http = new HttpClient { BaseAddress = new Uri(new Uri(_functions.ReadyLine.Split(' ')[^1]), "/api/v1/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>Kills the functions as <c>kill -9</c> does, whatever they are at, and starts them again at the same address.</summary>
    public async Task KillFunctionsAsync()
    {
        await _functions!.KillAsync();
        await _functions.DisposeAsync();
        _functions = await StartFunctionsAsync(Http.BaseAddress!.Port);
    }

    /// <summary>Kills the ranker as <c>kill -9</c> does.</summary>
    public async Task KillRankerAsync()
    {
        await _ranker!.KillAsync();
        await _ranker.DisposeAsync();
    }

    /// <summary>The ranker's address. It speaks HTTP/2 only.</summary>
    public Uri Ranker => new(_settings["Ranker__Url"]);

    /// <summary>Starts the ranker's program in the role that learns, in a hurry, with nothing on its disk. The service has none otherwise.</summary>
    public Task<LocalProcess> StartTrainerAsync() => LocalProcess.StartAsync(
        "TikTok.Ranker", "trainer listening on",
        new Dictionary<string, string>(_settings, StringComparer.Ordinal)
        {
            ["Ranker__Directory"] = Path.Combine(_data.FullName, $"trainer-{Guid.NewGuid():n}"),
            ["Trainer__MinExamples"] = "100",
            ["Towers__MinPairs"] = "100",
            ["Towers__Choose"] = "false",
            ["Trainer__SparseInterval"] = "00:00:01",
            ["Trainer__DenseInterval"] = "00:00:01",
            ["Trainer__SnapshotInterval"] = "00:00:03",
        },
        "train", "--urls", "http://127.0.0.1:0");

    /// <summary>Starts the ranker again at the same address.</summary>
    public Task StartRankerAsync() => StartRankerAsync(_settings["Ranker__Url"]);

    private async Task StartRankerAsync(string address) =>
        _ranker = await LocalProcess.StartAsync("TikTok.Ranker", "ranker listening on", _settings, "--urls", address);

    private Task<LocalProcess> StartFunctionsAsync(int port) => LocalProcess.StartAsync(
        "TikTok.Local", "functions listening on", _settings, "functions", "--data", _data.FullName, "--port", port.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        Http?.Dispose();
        await (_functions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_ranker?.DisposeAsync() ?? ValueTask.CompletedTask);
        Cosmos?.Dispose();
        await CosmosProcess.DisposeAsync();
        await StorageProcess.DisposeAsync();
        await EventHubsProcess.DisposeAsync();
        _data.Delete(recursive: true);
    }
}

/// <summary>The classes that use the one <see cref="ProductService"/>, one after the other.</summary>
[CollectionDefinition(nameof(ProductService))]
public sealed class ProductServiceDefinition : ICollectionFixture<ProductService>;
