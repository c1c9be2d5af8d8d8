using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Benchmarks.Harness;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Accounts;
using TikTok.Functions.Analytics.Projections;

namespace TikTok.Benchmarks.Routes;

/// <summary>The people, videos and comments that the routes are called about, and ways past the API to prepare a call.</summary>
internal sealed class RouteWorld(BenchService service, BenchmarkContext context)
{
    private const int Accounts = 200;
    private const int Videos = 500;
    private const int Strangers = 140;
    private const int Page = 20;

    private readonly Random _random = new(20260314);
    private readonly Dictionary<string, AuthenticationHeaderValue> _tokens = [];
    private Population _population = null!;
    private IReadOnlyList<Account> _strangers = [];

    public AccountEdgeStore Edges { get; } = new(service.Cosmos, context.Time);
    public LikeStore Likes { get; } = new(service.Cosmos, context.Time);
    public CommentStore Comments { get; } = new(service.Cosmos, context.Time);
    public CommentLikeStore CommentLikes { get; } = new(service.Cosmos, context.Time);
    public ProjectionStateStore Projections { get; } = new(service.Cosmos);

    public Account Admin { get; private set; } = null!;

    /// <summary>A private account with a page of follow requests, and one that everyone may ask.</summary>
    public Account Sought { get; private set; } = null!;
    public Account Closed { get; private set; } = null!;

    /// <summary>A comment on the first video, with a page of replies.</summary>
    public CommentId Root { get; private set; }

    public Account Person(int number) => _population.Accounts[number % Accounts];
    public string Video(int number) => _population.VideoIds[number % Videos];
    public Account OwnerOf(int number) => Person(number % Videos);

    /// <summary>Someone whom nothing else is about.</summary>
    public Account Stranger(int number) => _strangers[number % Strangers];

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        _population = await Population.SettleAsync(service, Accounts, Videos, context, cancellationToken);
        _strangers = await Task.WhenAll(Enumerable.Range(0, Strangers).Select(i => AddAccountAsync(a => a with { Username = $"stranger_{i}" })));
        (Sought, Closed) = (await AddAccountAsync(a => a with { Private = true }), await AddAccountAsync(a => a with { Private = true }));
        Admin = await AddAccountAsync(a => a with { Role = Role.Admin });
        _tokens[Admin.UserId] = service.SignIn(Admin, await AddSessionAsync(Admin.UserId));

        var followers = new FollowerStore(service.Cosmos);
        for (var i = 1; i <= Page; i++)
        {
            await followers.MirrorAsync(await FollowAsync(Person(i), Sought, FollowState.Requested), cancellationToken);
            await followers.MirrorAsync(await FollowAsync(Person(0), Person(i), FollowState.Following), cancellationToken);
            await followers.MirrorAsync(await FollowAsync(Person(i), Person(0), FollowState.Following), cancellationToken);
        }
        Root = CommentId.Parse((await CommentAsync(Person(1))).Id)!.Value;
        for (var i = 0; i < Page; i++) await CommentAsync(Person(i), Root);

        const string playlist = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=720000,RESOLUTION=240x426,CODECS=\"avc1.64001e,mp4a.40.2\"\n240p.m3u8\n";
        await service.Clients.Blobs().GetBlobContainerClient(BlobContainers.Media).GetBlobClient(MediaPaths.Master(Video(0)))
            .UploadAsync(BinaryData.FromString(playlist), overwrite: true, cancellationToken);
    }

    public AuthenticationHeaderValue As(Account account) => _tokens.TryGetValue(account.UserId, out var token) ? token : _tokens[account.UserId] = service.SignIn(account);

    /// <summary>Someone who signs in with a password, registered over the API.</summary>
    public async Task<SignedIn> RegisterAsync(string username, string password, CancellationToken cancellationToken) =>
        await PostAsync<SignedIn>("auth/register", new { username, password, birthDate = "1990-01-01" }, cancellationToken);

    public async Task<SignedIn> LoginAsync(string username, string password, CancellationToken cancellationToken) =>
        await PostAsync<SignedIn>("auth/login", new { username, password }, cancellationToken);

    public async Task<AccountEdge> FollowAsync(Account follower, Account target, FollowState state) =>
        (await Edges.ChangeAsync(follower.UserId, target.UserId, e => e with { Follow = state }, default))!;

    /// <summary>On the first video, or in answer to a comment on it.</summary>
    public async Task<Comment> CommentAsync(Account author, CommentId? parent = null) =>
        (await Comments.PostAsync(new CommentDraft(Video(0), parent, author.UserId, author.Username, Verified: false, "Not bad, and well cut."), default))!;

    public async Task<Video> AddVideoAsync(Account creator, Func<Video, Video> with)
    {
        var video = with(Population.NewVideo(creator, 0, _random, context.Time));
        await new VideoStore(service.Cosmos).TryCreateAsync(video, default);
        return video;
    }

    public async Task<string> AddSessionAsync(string userId)
    {
        var (id, now) = (Id.New(context.Time), context.Time.GetUtcNow());
        var session = new Session { Id = Session.IdFor(id), UserId = userId, TokenHash = "", CreatedAt = now, RefreshedAt = now, Ttl = 3600 };
        await service.Cosmos.GetContainer(Containers.Database, Containers.Accounts).CreateItemAsync(session, new PartitionKey(userId));
        return id;
    }

    private Task<Account> AddAccountAsync(Func<Account, Account> with)
    {
        var account = Population.NewAccount(_random.Next(1_000, 1_000_000), _random, context.Time);
        return new AccountStore(service.Cosmos).CreateAsync(with(account), default);
    }

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await service.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, CoreJson.Options, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(CoreJson.Options, cancellationToken))!;
    }
}
