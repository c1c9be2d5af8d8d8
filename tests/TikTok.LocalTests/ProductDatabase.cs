using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.LocalTests;

/// <summary>The emulator with the product's own database in it, and the product's own client.</summary>
public sealed class ProductDatabase : IAsyncLifetime
{
    public CosmosProcess Process { get; } = new();

    public CosmosClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Process.InitializeAsync();
        var settings = new Dictionary<string, string?> { [Connections.Cosmos] = Process.ConnectionString };
        Client = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).Cosmos();
        await CosmosSchema.EnsureCreatedAsync(Client, CancellationToken.None);
    }

    /// <summary>A video that is ready and public, as <paramref name="with"/> changes it.</summary>
    public async Task<Video> AddVideoAsync(Func<Video, Video>? with = null)
    {
        var id = Id.New(TimeProvider.System);
        var video = new Video
        {
            Id = id,
            VideoId = id,
            UserId = "creator",
            Username = "creator",
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000 },
            CreatedAt = TimeProvider.System.GetUtcNow(),
            PublishedAt = TimeProvider.System.GetUtcNow(),
        };
        video = with?.Invoke(video) ?? video;
        await new VideoStore(Client).TryCreateAsync(video, CancellationToken.None);
        return video;
    }

    /// <summary>An account of that id, or of a new one.</summary>
    public Task<Account> AddAccountAsync(string? id = null) =>
        new AccountStore(Client).CreateAsync(NewAccount(id ?? Id.New(TimeProvider.System)), CancellationToken.None);

    /// <summary>An account that nobody can sign in to.</summary>
    public static Account NewAccount(string id) => new()
    {
        Id = id,
        UserId = id,
        Username = id,
        DisplayName = id,
        PasswordHash = "",
        BirthDate = new DateOnly(1990, 1, 1),
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        await Process.DisposeAsync();
    }
}
