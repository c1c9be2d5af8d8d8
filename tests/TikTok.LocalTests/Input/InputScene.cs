using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Input;

/// <summary>People and things for requests to be about: someone who sends them, someone else whose things are not theirs, and someone who may be lost.</summary>
internal sealed class InputScene
{
    public required ApiDocument Api { get; init; }

    public required SignedInUser Sender { get; init; }

    public required SignedInUser Other { get; init; }

    /// <summary>Signs calls that end an account or a session.</summary>
    public required SignedInUser Leaver { get; init; }

    public required string AdminToken { get; init; }

    /// <summary>The sender's, ready and public.</summary>
    public required string OwnVideo { get; init; }

    public required string OthersVideo { get; init; }

    /// <summary>That the sender may not even know of.</summary>
    public required string OthersPrivateVideo { get; init; }

    /// <summary>The sender's, under their own video.</summary>
    public required string OwnComment { get; init; }

    public required string OthersComment { get; init; }

    public static async Task<InputScene> MakeAsync(ProductService service)
    {
        var http = service.Http;
        var (sender, other, leaver, admin) = (await http.RegisterAsync(), await http.RegisterAsync(), await http.RegisterAsync(), await http.RegisterAsync());
        var own = await AddVideoAsync(service, sender, Visibility.Public);
        var others = await AddVideoAsync(service, other, Visibility.Public);
        return new InputScene
        {
            Api = await ApiDocument.ReadAsync(http),
            Sender = sender,
            Other = other,
            Leaver = leaver,
            AdminToken = service.Tokens().Issue(new Caller(admin.UserId, admin.Username, Role.Admin, AccountType.Standard)),
            OwnVideo = own,
            OthersVideo = others,
            OthersPrivateVideo = await AddVideoAsync(service, other, Visibility.Private),
            OwnComment = await CommentAsync(http, own, sender),
            OthersComment = await CommentAsync(http, others, other),
        };
    }

    /// <summary>The token that an operation is called with when nothing is wrong with it.</summary>
    public string? TokenFor(ApiOperation operation)
    {
        if (operation.IsOpen) return null;
        if (operation.IsForStaff) return AdminToken;
        return Ends(operation) ? Leaver.AccessToken : Sender.AccessToken;
    }

    /// <summary>Whether a call can end the caller's account or session.</summary>
    public static bool Ends(ApiOperation operation) => operation.Path is "/auth/logout" || operation is { Path: "/users/me", Method.Method: "DELETE" }
        || (operation.Method == HttpMethod.Delete && operation.Path.StartsWith("/users/me/sessions", StringComparison.Ordinal));

    /// <summary>A value for a path parameter that names something of the sender's own.</summary>
    public string OwnIdFor(ApiOperation operation, string parameter) => (operation.Path.Split('/')[1], parameter) switch
    {
        ("videos", "id") => OwnVideo,
        ("comments", "id") => OwnComment,
        ("users" or "ops", _) => Other.UserId,
        (_, "name") => "master.m3u8",
        _ => Id.New(TimeProvider.System),
    };

    /// <summary>A path with which the call is about something that is there.</summary>
    public string PathFor(ApiOperation operation) => operation.Fill(parameter => Uri.EscapeDataString(OwnIdFor(operation, parameter)));

    private static async Task<string> AddVideoAsync(ProductService service, SignedInUser owner, Visibility visibility)
    {
        var id = Id.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        await new VideoStore(service.Cosmos).TryCreateAsync(
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

    private static async Task<string> CommentAsync(HttpClient http, string videoId, SignedInUser author)
    {
        var answer = await http.PostAsync($"videos/{videoId}/comments", new { text = "Well done." }, author.AccessToken);
        return answer.Body.GetProperty("id").GetString()!;
    }
}
