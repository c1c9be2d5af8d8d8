using System.Net.Http.Headers;
using TikTok.Core.Documents;
using TikTok.Functions.Accounts;

namespace TikTok.Benchmarks.Routes;

/// <summary>A <see cref="RouteScript"/> for every route of the API.</summary>
internal static class RouteScripts
{
    // Passwords are hashed slowly, on purpose.
    private const int FewCalls = 12;

    public static async Task<IReadOnlyList<RouteScript>> AllAsync(RouteWorld world, CancellationToken cancellationToken) =>
        [.. await AccountsAsync(world, cancellationToken), .. Videos(world), .. Social(world), .. Comments(world), .. Analytics(world), .. Last(world)];

    private static async Task<IReadOnlyList<RouteScript>> AccountsAsync(RouteWorld world, CancellationToken cancellationToken)
    {
        var (user, leaver) = (await world.RegisterAsync("returns_often", Password(0), cancellationToken), await world.RegisterAsync("signs_out", Password(0), cancellationToken));
        var changer = await world.RegisterAsync("changes_password", Password(0), cancellationToken);
        var sessions = new List<SignedIn>();
        for (var i = 0; i < FewCalls; i++) sessions.Add(await world.LoginAsync(leaver.Username, Password(0), cancellationToken));
        var goers = new List<SignedIn>();
        for (var i = 0; i < FewCalls / 2; i++) goers.Add(await world.RegisterAsync($"goes_{i}", Password(0), cancellationToken));
        var (refreshToken, requestId) = (user.RefreshToken, "");
        return
        [
            Plain("GetOpenApi", _ => new RouteCall("openapi.json")),
            Plain("GetHealth", _ => new RouteCall("health")),
            Plain("Register", i => new("auth/register", Body: new { username = $"newcomer_{i}", password = Password(0), birthDate = "1990-01-01" })) with { Most = FewCalls },
            Plain("Login", _ => new("auth/login", Body: new { username = user.Username, password = Password(0) })) with { Most = FewCalls },
            Plain("Refresh", _ => new("auth/refresh", Body: new { refreshToken })) with { Then = answer => refreshToken = answer.GetProperty("refreshToken").GetString()! },
            Plain("Logout", i => new("auth/logout", Bearer(sessions[i]), new { refreshToken = sessions[i].RefreshToken })) with { Most = FewCalls },
            Plain("ChangePassword", i => new("users/me/password", Bearer(changer), new { currentPassword = Password(i), newPassword = Password(i + 1) })) with { Most = FewCalls },
            Plain("ListSessions", _ => new("users/me/sessions", Bearer(user))),
            new("EndSession", async _ => new($"users/me/sessions/{await world.AddSessionAsync(user.UserId)}", Bearer(user))),
            Plain("EndOtherSessions", _ => new("users/me/sessions", Bearer(user))),
            Plain("AssignRole", i => new($"ops/users/{world.Stranger(i).UserId}/role", world.As(world.Admin), new { role = "creator" })),
            Plain("ListSweeps", _ => new("ops/sweeps", world.As(world.Admin))),
        Plain("GetMe", i => new("users/me", world.As(world.Person(i)))),
            Plain("ChangeMe", i => new("users/me", world.As(world.Person(i)), new { bio = $"Has changed {i} times." })),
            Plain("GetUser", i => new($"users/{world.Person(i + 1).UserId}", world.As(world.Person(i)))),
            Plain("ChooseInterests", i => new("onboarding/interests", world.As(world.Person(i)), new { interests = new[] { "cats", "music", $"topic-{i}" } })),
            Plain("DeleteMe", i => new("users/me", Bearer(goers[i]), new { password = Password(0) })) with
            {
                Most = goers.Count, Then = answer => requestId = answer.GetProperty("requestId").GetString()!,
            },
            Plain("GetPrivacyRequest", _ => new($"privacy-requests/{requestId}")),
        ];
    }

    private static IReadOnlyList<RouteScript> Videos(RouteWorld world)
    {
        var uploading = "";
        return
        [
            Plain("GetFeed", i => new("feed", world.As(world.Person(i)))),
            Plain("GetFollowingFeed", _ => new("feed/following", world.As(world.Person(0)))),
            Plain("GetVideo", i => new($"videos/{world.Video(i)}", world.As(world.Person(i + 1)))),
            Plain("GetVideoStatus", i => new($"videos/{world.Video(i)}/status", world.As(world.OwnerOf(i)))),
            Plain("GetPlaylist", i => new($"videos/{world.Video(0)}/playlists/master.m3u8", world.As(world.Person(i)))),
            Plain("EditVideo", i => new($"videos/{world.Video(i)}", world.As(world.OwnerOf(i)), new { title = $"Edited {i}", description = "Better words." })),
            new("DeleteVideo", async i => new($"videos/{(await world.AddVideoAsync(world.Person(i), v => v)).VideoId}", world.As(world.Person(i)))) { Most = 40 },
            Plain("ListUserVideos", i => new($"users/{world.Person(i).UserId}/videos", world.As(world.Person(i + 1)))),
            Plain("InitUpload", _ => new("videos/upload/init", world.As(world.Person(0)), new { filename = "clip.mp4", filesize = 8_000_000, durationMs = 21_000 })) with
            {
                Then = answer => uploading = answer.GetProperty("videoId").GetString()!,
            },
            Plain("GetUpload", _ => new($"videos/{uploading}/upload", world.As(world.Person(0)))),
            new("CompleteUpload", async i => new(
                $"videos/{(await world.AddVideoAsync(world.Person(i), Uploading)).VideoId}/upload/complete", world.As(world.Person(i)),
                new { title = "A clip", description = "Of something.", visibility = "public" })),
        ];

        static Video Uploading(Video video) => video with
        {
            Status = VideoStatus.Uploading,
            Probe = null,
            Renditions = [],
            PublishedAt = null,
            TranscodedAt = null,
            MediaContainer = null,
            Handovers = new Handovers(),
            Upload = video.Upload with { LandedAt = null, LandedBytes = null, CompletedAt = null },
        };
    }

    private static IReadOnlyList<RouteScript> Social(RouteWorld world) =>
    [
        Plain("LikeVideo", i => new($"videos/{world.Video(i + 11)}/like", world.As(world.Person(i)))),
        new("UnlikeVideo", async i =>
        {
            await world.Likes.SetAsync(world.Person(i).UserId, world.Video(i + 90), liked: true, default);
            return new($"videos/{world.Video(i + 90)}/like", world.As(world.Person(i)));
        }),
        Plain("ShareVideo", i => new($"videos/{world.Video(i + 7)}/share", world.As(world.Person(i)))),
        Plain("FollowUser", i => new($"users/{world.Person(i + 40).UserId}/follow", world.As(world.Person(i)))),
        new("UnfollowUser", async i =>
        {
            await world.FollowAsync(world.Person(i), world.Person(i + 60), FollowState.Following);
            return new($"users/{world.Person(i + 60).UserId}/follow", world.As(world.Person(i)));
        }),
        Plain("ListFollowRequests", _ => new("users/me/follow-requests", world.As(world.Sought))),
        new("AcceptFollowRequest", async i =>
        {
            await world.FollowAsync(world.Person(i), world.Closed, FollowState.Requested);
            return new($"users/me/follow-requests/{world.Person(i).UserId}/accept", world.As(world.Closed));
        }),
        new("DeclineFollowRequest", async i =>
        {
            await world.FollowAsync(world.Stranger(i), world.Closed, FollowState.Requested);
            return new($"users/me/follow-requests/{world.Stranger(i).UserId}", world.As(world.Closed));
        }),
        Plain("ListFollowers", i => new($"users/{world.Person(0).UserId}/followers", world.As(world.Person(i)))),
        Plain("ListFollowing", i => new($"users/{world.Person(0).UserId}/following", world.As(world.Person(i)))),
        Plain("BlockUser", i => new($"users/{world.Stranger(i + 1).UserId}/block", world.As(world.Stranger(0)))),
        new("UnblockUser", async i =>
        {
            await world.Edges.ChangeAsync(world.Stranger(0).UserId, world.Stranger(i + 1).UserId, e => e with { Blocking = true }, default);
            return new($"users/{world.Stranger(i + 1).UserId}/block", world.As(world.Stranger(0)));
        }),
        Plain("MuteUser", i => new($"users/{world.Stranger(i + 1).UserId}/mute", world.As(world.Stranger(0)))),
        new("UnmuteUser", async i =>
        {
            await world.Edges.ChangeAsync(world.Stranger(0).UserId, world.Stranger(i + 1).UserId, e => e with { Muting = true }, default);
            return new($"users/{world.Stranger(i + 1).UserId}/mute", world.As(world.Stranger(0)));
        }),
    ];

    private static IReadOnlyList<RouteScript> Comments(RouteWorld world) =>
    [
        Plain("PostComment", i => new($"videos/{world.Video(0)}/comments", world.As(world.Person(i)), new { text = $"Comment number {i}." })),
        Plain("ListComments", i => new($"videos/{world.Video(0)}/comments", world.As(world.Person(i)))),
        Plain("ListReplies", i => new($"comments/{world.Root}/replies", world.As(world.Person(i)))),
        Plain("LikeComment", i => new($"comments/{world.Root}/like", world.As(world.Person(i)))),
        new("UnlikeComment", async i =>
        {
            await world.CommentLikes.SetAsync(world.Person(i).UserId, world.Root, liked: true, default);
            return new($"comments/{world.Root}/like", world.As(world.Person(i)));
        }),
        Plain("PinComment", _ => new($"comments/{world.Root}/pin", world.As(world.OwnerOf(0)))),
        new("UnpinComment", async _ =>
        {
            await world.Comments.PinAsync(world.Root, default);
            return new($"comments/{world.Root}/pin", world.As(world.OwnerOf(0)));
        }),
        new("DeleteComment", async i => new($"comments/{(await world.CommentAsync(world.Person(i))).Id}", world.As(world.Person(i)))),
    ];

    private static IReadOnlyList<RouteScript> Analytics(RouteWorld world) =>
    [
        Plain("RecordWatch", i => new("analytics/watch", world.As(world.Person(0)), new
        {
            events = Enumerable.Range(0, 20).Select(n => new { videoId = world.Video((i * 20) + n), watchDurationMs = 9_000 + n, totalDurationMs = 21_000, source = "fyp" }),
        })),
        Plain("ListTrending", i => new("trending?type=videos", world.As(world.Person(i)))),
        Plain("ListHistory", _ => new("users/me/history", world.As(world.Person(0)))),
        Plain("GetCreatorStatistics", i => new("analytics/creator", world.As(world.Person(i)))),
        Plain("GetVideoStatistics", i => new($"analytics/videos/{world.Video(i)}", world.As(world.OwnerOf(i)))),
    ];

    /// <summary>What leaves work behind that would be measured with what comes after it.</summary>
    private static IReadOnlyList<RouteScript> Last(RouteWorld world) =>
    [
        new("GetRebuild", async _ =>
        {
            await world.Projections.ChangeAsync(
                state => state.Rebuild is null ? state with { Rebuild = new ProjectionRebuild { Generation = 1, From = DateTimeOffset.MinValue, StartedAt = DateTimeOffset.UnixEpoch } } : null,
                default);
            return new("ops/analytics/rebuild", world.As(world.Admin));
        }) { Most = FewCalls },
        new("StartRebuild", async _ =>
        {
            await world.Projections.ChangeAsync(state => state with { Rebuild = null }, default);
            return new("ops/analytics/rebuild", world.As(world.Admin));
        }) { Most = FewCalls },
        Plain("ExportMe", i => new("users/me/export", world.As(world.Person(i)))) with { Most = FewCalls },
    ];

    /// <summary>Nothing need be prepared.</summary>
    private static RouteScript Plain(string function, Func<int, RouteCall> call) => new(function, i => Task.FromResult(call(i)));

    private static string Password(int number) => $"a quite long password {number}";

    private static AuthenticationHeaderValue Bearer(SignedIn user) => new("Bearer", user.AccessToken);
}
