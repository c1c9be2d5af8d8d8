using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.LocalTests.Input;

/// <summary>
/// People and things for requests to be about: someone who sends them, someone else whose things are not theirs, a stranger who may be blocked, and someone
/// who may be lost. <see cref="MendAsync"/> puts back what a request has used up.
/// </summary>
internal sealed class InputScene
{
    private const int MostLeavers = 20;

    private readonly ProductService _service;
    private readonly SemaphoreSlim _mending = new(1);
    private int _leavers;

    private InputScene(ProductService service) => _service = service;

    public ApiDocument Document { get; private set; } = null!;

    public SignedInUser Sender { get; private set; } = null!;

    public SignedInUser Other { get; private set; } = null!;

    /// <summary>Asks to follow the sender, who is private.</summary>
    public SignedInUser Stranger { get; private set; } = null!;

    /// <summary>Signs calls that end an account or a session.</summary>
    public SignedInUser Leaver { get; private set; } = null!;

    /// <summary>Another session of the leaver.</summary>
    public string LeaversSession { get; private set; } = "";

    public SignedInUser Admin { get; private set; } = null!;

    /// <summary>The sender's, ready and public.</summary>
    public string OwnVideo { get; private set; } = "";

    public string OthersVideo { get; private set; } = "";

    /// <summary>That the sender may not even know of.</summary>
    public string OthersPrivateVideo { get; private set; } = "";

    /// <summary>The sender's, under their own video.</summary>
    public string OwnComment { get; private set; } = "";

    public string OthersComment { get; private set; } = "";

    /// <summary>Under the private video.</summary>
    public string OthersHiddenComment { get; private set; } = "";

    public static async Task<InputScene> MakeAsync(ProductService service)
    {
        var http = service.Http;
        var scene = new InputScene(service)
        {
            Document = await ApiDocument.ReadAsync(http),
            Sender = await http.RegisterAsync(),
            Other = await http.RegisterAsync(),
            Stranger = await http.RegisterAsync(),
            Admin = await RegisterAdminAsync(service),
        };
        await scene.RenewLeaverAsync();
        await scene.RenewRequestAsync();
        scene.OthersVideo = await scene.AddVideoAsync(scene.Other, Visibility.Public);
        scene.OthersPrivateVideo = await scene.AddVideoAsync(scene.Other, Visibility.Private);
        scene.OthersComment = await scene.CommentAsync(scene.OthersVideo, scene.Other);
        scene.OthersHiddenComment = await scene.CommentAsync(scene.OthersPrivateVideo, scene.Other);
        await scene.RenewVideoAsync();
        return scene;
    }

    /// <summary>The token that an operation is called with when nothing is wrong with it.</summary>
    public string? TokenFor(ApiOperation operation)
    {
        if (operation.IsOpen) return null;
        if (operation.IsForStaff) return Admin.AccessToken;
        return Ends(operation) ? Leaver.AccessToken : Sender.AccessToken;
    }

    /// <summary>Whether a call can end the caller's account or session.</summary>
    public static bool Ends(ApiOperation operation) => operation.Path is "/auth/logout" || operation is { Path: "/users/me", Method.Method: "DELETE" }
        || (operation.Method == HttpMethod.Delete && operation.Path.StartsWith("/users/me/sessions", StringComparison.Ordinal));

    /// <summary>A value for a path parameter that names something that the call can be about.</summary>
    public string OwnIdFor(ApiOperation operation, string parameter) => (operation.Path, parameter) switch
    {
        (_, "name") => "master.m3u8",
        ("/users/me/sessions/{id}", _) => LeaversSession,
        ("/users/{id}/block" or "/users/{id}/mute", _) or (_, "userId") => Stranger.UserId,
        var (path, _) when path.Contains("/videos/{id}", StringComparison.Ordinal) => OwnVideo,
        var (path, _) when path.Contains("/comments/{id}", StringComparison.Ordinal) => OwnComment,
        var (path, _) when path.Contains("/users/{id}", StringComparison.Ordinal) => Other.UserId,
        _ => Id.New(TimeProvider.System),
    };

    /// <summary>A path with which the call is about something that is there.</summary>
    public string PathFor(ApiOperation operation) => operation.Fill(parameter => Uri.EscapeDataString(OwnIdFor(operation, parameter)));

    /// <summary>Puts back what a call that succeeded has used up.</summary>
    public async Task MendAsync(ApiOperation operation)
    {
        await _mending.WaitAsync();
        try
        {
            if ((Ends(operation) || operation.Path == "/auth/refresh") && _leavers < MostLeavers) await RenewLeaverAsync();
            if (operation is { Path: "/videos/{id}" or "/comments/{id}", Method.Method: "DELETE" } or { Path: "/videos/{id}/upload/complete" }) await RenewVideoAsync();
            if (operation.Path is "/users/me" or "/users/{id}/block" || operation.Path.StartsWith("/users/me/follow-requests", StringComparison.Ordinal)) await RenewRequestAsync();
        }
        finally
        {
            _mending.Release();
        }
    }

    /// <summary>A comment and one more, so that the list has two pages of one.</summary>
    private async Task RenewVideoAsync()
    {
        var video = await AddVideoAsync(Sender, Visibility.Public);
        await CommentAsync(video, Sender);
        OwnComment = await CommentAsync(video, Sender);
        OwnVideo = video;
    }

    private async Task RenewRequestAsync()
    {
        var http = _service.Http;
        await http.SendAsync(HttpMethod.Delete, $"users/{Stranger.UserId}/block", token: Sender.AccessToken);
        await http.SendAsync(HttpMethod.Delete, $"users/{Sender.UserId}/follow", token: Stranger.AccessToken);
        await http.SendAsync(HttpMethod.Patch, "users/me", new { @private = true }, Sender.AccessToken);
        await http.SendAsync(HttpMethod.Post, $"users/{Sender.UserId}/follow", token: Stranger.AccessToken);
    }

    private async Task RenewLeaverAsync()
    {
        _leavers++;
        var leaver = await _service.Http.RegisterAsync();

        // Not by signing in, which may be throttled for this address by now.
        var (id, now) = (Id.New(TimeProvider.System), TimeProvider.System.GetUtcNow());
        var session = new Session { Id = Session.IdFor(id), UserId = leaver.UserId, TokenHash = "", CreatedAt = now, RefreshedAt = now, Ttl = 3600 };
        await _service.Cosmos.GetContainer(Containers.Database, Containers.Accounts).CreateItemAsync(session);
        (LeaversSession, Leaver) = (id, leaver);
    }

    private static async Task<SignedInUser> RegisterAdminAsync(ProductService service)
    {
        var user = await service.Http.RegisterAsync();
        await new AccountStore(service.Cosmos).ChangeAsync(user.UserId, account => account with { Role = Role.Admin }, CancellationToken.None);
        var refreshed = await service.Http.PostAsync("auth/refresh", new { refreshToken = user.RefreshToken });
        return refreshed.Body.Deserialize<SignedInUser>(CoreJson.Options)!;
    }

    private async Task<string> AddVideoAsync(SignedInUser owner, Visibility visibility)
    {
        var id = Id.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        await new VideoStore(_service.Cosmos).TryCreateAsync(
            new Video
            {
                Id = id,
                VideoId = id,
                UserId = owner.UserId,
                Username = owner.Username,
                Title = "A clip",
                Status = VideoStatus.Ready,
                Visibility = visibility,
                Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000, LandedAt = now },
                CreatedAt = now,
                PublishedAt = now,
            },
            CancellationToken.None);
        return id;
    }

    private async Task<string> CommentAsync(string videoId, SignedInUser author)
    {
        var answer = await _service.Http.PostAsync($"videos/{videoId}/comments", new { text = "Well done." }, author.AccessToken);
        return answer.Body.GetProperty("id").GetString()!;
    }
}
