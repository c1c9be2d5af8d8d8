using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Privacy;

/// <summary>The right to be forgotten, and to be told, through the HTTP API.</summary>
[Collection(nameof(ProductService))]
public sealed class AccountErasureTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task A_deleted_account_is_nobody_at_once()
    {
        var user = await _http.RegisterAsync();
        var other = await _http.RegisterAsync();
        var video = await AddVideoAsync(other.UserId);

        var answer = await DeleteAsync(user);

        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        Assert.Equal(answer.Body.GetProperty("statusUrl").GetString(), answer.Headers["Location"]);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.SendAsync(HttpMethod.Get, $"users/{user.UserId}", token: other.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.SendAsync(HttpMethod.Get, "users/me", token: user.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.PostAsync("auth/login", new { username = user.Username, password = Api.Password })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.PostAsync("auth/refresh", new { refreshToken = user.RefreshToken })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.SendAsync(HttpMethod.Post, $"videos/{video}/like", token: user.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await DeleteAsync(user)).Status);
        var taken = await _http.PostAsync("auth/register", new { username = user.Username, password = Api.Password, birthDate = "1990-01-01" });
        Assert.Equal("/problems/username-taken", taken.ProblemType);
    }

    [Fact]
    public async Task Deleting_needs_the_password()
    {
        var user = await _http.RegisterAsync();

        var wrong = await DeleteAsync(user, "not the password");
        var without = await _http.SendAsync(HttpMethod.Delete, "users/me", new { }, user.AccessToken);

        Assert.Equal((HttpStatusCode.Forbidden, "/problems/wrong-password"), (wrong.Status, wrong.ProblemType));
        Assert.Equal(HttpStatusCode.BadRequest, without.Status);
        Assert.Equal(HttpStatusCode.OK, (await _http.SendAsync(HttpMethod.Get, "users/me", token: user.AccessToken)).Status);
    }

    [Fact]
    public async Task Nothing_of_an_erased_account_is_left_and_the_counts_of_others_are_exact()
    {
        var user = await _http.RegisterAsync();
        var other = await _http.RegisterAsync();
        var liked = await AddVideoAsync(other.UserId);
        var own = await AddVideoAsync(user.UserId, user.Username);
        await _http.SendAsync(HttpMethod.Patch, "users/me", new { displayName = $"Ada {user.UserId}", bio = $"Bio {user.UserId}" }, user.AccessToken);
        foreach (var fan in new[] { user, other }) await _http.SendAsync(HttpMethod.Post, $"videos/{liked}/like", token: fan.AccessToken);
        await _http.SendAsync(HttpMethod.Post, $"videos/{own}/like", token: other.AccessToken);
        foreach (var (one, two) in new[] { (user, other), (other, user) })
            await _http.SendAsync(HttpMethod.Post, $"users/{two.UserId}/follow", token: one.AccessToken);
        await _http.PostAsync("analytics/watch", new { videoId = liked, watchDurationMs = 900, totalDurationMs = 1_000, source = "fyp" }, user.AccessToken);
        await _http.SendAsync(HttpMethod.Get, "feed", token: user.AccessToken);
        await StageUploadAsync(user);
        await ArchiveAsync(user);

        var receipt = await DeleteAsync(user);
        var done = await CompletedAsync(receipt);

        Assert.All(done.GetProperty("found").EnumerateObject(), count => Assert.Equal(0, count.Value.GetInt64()));
        Assert.NotEmpty(done.GetProperty("found").EnumerateObject());
        await AssertNothingLeftAsync(user);
        Assert.Equal(1, (await new VideoStore(service.Cosmos).FindAsync(liked, default))!.Counters.Likes);
        Assert.Equal(0, await new FollowerStore(service.Cosmos).CountFollowersAsync(other.UserId, default));
        Assert.Equal(0, await new AccountEdgeStore(service.Cosmos, TimeProvider.System).CountFollowingAsync(other.UserId, default));
    }

    [Fact]
    public async Task A_receipt_is_shown_to_whoever_holds_its_id_and_to_no_guess()
    {
        var user = await _http.RegisterAsync();
        var receipt = await DeleteAsync(user);
        var id = receipt.Body.GetProperty("requestId").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await _http.SendAsync(HttpMethod.Get, $"privacy-requests/{id}")).Status);
        foreach (var guess in new[] { $"{user.UserId}.{Id.New(TimeProvider.System)}", user.UserId, $"{Id.New(TimeProvider.System)}.{id.Split('.')[1]}", "x" })
            Assert.Equal(HttpStatusCode.NotFound, (await _http.SendAsync(HttpMethod.Get, $"privacy-requests/{guess}")).Status);
    }

    [Fact]
    public async Task An_archive_holds_what_is_kept_and_no_secret()
    {
        var user = await _http.RegisterAsync();
        var other = await _http.RegisterAsync();
        var liked = await AddVideoAsync(other.UserId);
        await AddVideoAsync(user.UserId, user.Username);
        await _http.SendAsync(HttpMethod.Post, $"videos/{liked}/like", token: user.AccessToken);
        await Eventually.TrueAsync(async () => (await new StoreScan(service.Cosmos, service.StorageProcess.Blobs, service.StorageProcess.Queues)
            .FindAsync(user.UserId)).Any(found => found.StartsWith("edges:", StringComparison.Ordinal)));

        var archive = await ArchiveAsync(user);
        var again = await _http.SendAsync(HttpMethod.Get, "users/me/export", token: user.AccessToken);

        using var zip = new ZipArchive(await new HttpClient().GetStreamAsync(archive.GetProperty("url").GetString()), ZipArchiveMode.Read);
        var texts = zip.Entries.ToDictionary(e => e.Name, e => new StreamReader(e.Open()).ReadToEnd(), StringComparer.Ordinal);
        Assert.Contains("account.json", texts.Keys);
        Assert.Contains(user.Username, texts["account.json"], StringComparison.Ordinal);
        Assert.Contains("\"Holiday\"", texts["videos.json"], StringComparison.Ordinal);
        Assert.Contains(liked, texts["relations.json"], StringComparison.Ordinal);
        Assert.All(texts.Values, text => Assert.DoesNotMatch("passwordHash|tokenHash|_etag", text));
        Assert.All(texts.Values, text => Assert.Equal(JsonValueKind.Array, JsonElement.Parse(text).ValueKind));
        Assert.Equal(archive.GetProperty("createdAt").GetString(), again.Body.GetProperty("createdAt").GetString());
    }

    private Task<ApiAnswer> DeleteAsync(SignedInUser user, string password = Api.Password) =>
        _http.SendAsync(HttpMethod.Delete, "users/me", new { password }, user.AccessToken);

    private async Task<JsonElement> CompletedAsync(ApiAnswer receipt)
    {
        JsonElement body = default;
        await Eventually.TrueAsync(async () =>
        {
            body = (await _http.SendAsync(HttpMethod.Get, $"privacy-requests/{receipt.Body.GetProperty("requestId").GetString()}")).Body;
            return body.GetProperty("status").GetString() == "completed";
        });
        return body;
    }

    private async Task<JsonElement> ArchiveAsync(SignedInUser user)
    {
        ApiAnswer answer = null!;
        await Eventually.TrueAsync(async () =>
        {
            answer = await _http.SendAsync(HttpMethod.Get, "users/me/export", token: user.AccessToken);
            if (answer.Status == HttpStatusCode.Accepted) Assert.NotEmpty(answer.Headers["Retry-After"]);
            return answer.Status == HttpStatusCode.OK;
        });
        return answer.Body;
    }

    private async Task StageUploadAsync(SignedInUser user)
    {
        var begun = await _http.PostAsync("videos/upload/init", new { filename = "clip.mp4", filesize = 1_000, durationMs = 20_000 }, user.AccessToken);
        await new BlockBlobClient(new Uri(begun.Body.GetProperty("uploadUrl").GetString()!)).StageBlockAsync("AAAA", new MemoryStream([1, 2, 3]));
    }

    private async Task AssertNothingLeftAsync(SignedInUser user)
    {
        var found = await new StoreScan(service.Cosmos, service.StorageProcess.Blobs, service.StorageProcess.Queues).FindAsync(user.UserId, user.Username);
        Assert.All(found, left => Assert.True(
            left.StartsWith("privacyRequests:", StringComparison.Ordinal) && left.Contains("\"erasure\"", StringComparison.Ordinal)
            || left.StartsWith("usernames:", StringComparison.Ordinal) && left.Contains($"\"{Account.Erased}\"", StringComparison.Ordinal), left));
        Assert.Equal(2, found.Count);
    }

    /// <summary>A video that is ready and public, as if it had gone all the way.</summary>
    private async Task<string> AddVideoAsync(string userId, string username = "creator")
    {
        var id = Id.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        await new VideoStore(service.Cosmos).TryCreateAsync(
            new Video
            {
                Id = id,
                VideoId = id,
                UserId = userId,
                Username = username,
                Title = "Holiday",
                Status = VideoStatus.Ready,
                Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 15_000 },
                CreatedAt = now,
                PublishedAt = now,
                TranscodedAt = now,
                Handovers = new Handovers { Probe = now, Transcode = now, Published = now, UploadRemoved = now },
            },
            default);
        return id;
    }
}
