using System.Globalization;
using System.Net;
using TikTok.Core;

namespace TikTok.LocalTests.Platform;

/// <summary>The limits as clients meet them. The service has the product's own figures for what people do in a day.</summary>
[Collection(nameof(ProductService))]
public sealed class RateLimitTests(ProductService service)
{
    private const int UploadsADay = 3;
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task Upload_beyond_the_days_is_refused_and_says_until_when()
    {
        var user = await _http.RegisterAsync();
        for (var i = 0; i < UploadsADay; i++) Assert.Equal(HttpStatusCode.Created, (await UploadAsync(user)).Status);

        var refused = await UploadAsync(user);

        Assert.Equal((HttpStatusCode.TooManyRequests, "/problems/too-many-requests"), (refused.Status, refused.ProblemType));
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], CultureInfo.InvariantCulture), (8 * 60 * 60) - 120, 8 * 60 * 60);
        Assert.EndsWith("\"uploads\";q=3;w=86400", refused.Headers["RateLimit-Policy"], StringComparison.Ordinal);
        Assert.Contains("\"uploads\";r=0;t=86", refused.Headers["RateLimit"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_requests_and_other_people_go_on()
    {
        var (user, other) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        for (var i = 0; i <= UploadsADay; i++) await UploadAsync(user);

        Assert.Equal(HttpStatusCode.OK, (await _http.SendAsync(HttpMethod.Get, "users/me", token: user.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.Created, (await UploadAsync(other)).Status);
    }

    [Fact]
    public async Task Repetitions_and_refused_uploads_use_no_upload()
    {
        var user = await _http.RegisterAsync();
        var (key, videoId) = (Guid.NewGuid().ToString(), Id.New(TimeProvider.System));

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await UploadAsync(user, key: key)).Status);
            Assert.Equal(HttpStatusCode.Created, (await UploadAsync(user, videoId)).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await _http.PostAsync("videos/upload/init", new { filename = "" }, user.AccessToken)).Status);
        }

        Assert.Equal(HttpStatusCode.Created, (await UploadAsync(user)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await UploadAsync(user)).Status);
    }

    [Fact]
    public async Task Refusal_is_not_kept_under_the_idempotency_key()
    {
        var user = await _http.RegisterAsync();
        for (var i = 0; i < UploadsADay; i++) await UploadAsync(user);
        var key = Guid.NewGuid().ToString();

        var first = await UploadAsync(user, key: key);
        var again = await UploadAsync(user, key: key);

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (first.Status, again.Status));
        Assert.False(again.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Uploads_at_once_are_no_more_than_the_days()
    {
        var user = await _http.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => UploadAsync(user)));

        Assert.Equal(UploadsADay, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.Equal(12 - UploadsADay, answers.Count(a => a.Status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Every_answer_tells_how_its_limits_stand()
    {
        var user = await _http.RegisterAsync();

        var own = await _http.SendAsync(HttpMethod.Get, "users/me", token: user.AccessToken);
        var upload = await UploadAsync(user);
        var anonymous = await _http.SendAsync(HttpMethod.Get, "health");

        Assert.Matches("^\"requests\";q=\\d+;w=60$", own.Headers["RateLimit-Policy"]);
        Assert.Matches("^\"requests\";r=\\d+;t=\\d+$", own.Headers["RateLimit"]);
        Assert.Matches("^\"requests\";r=\\d+;t=\\d+, \"uploads\";r=2;t=28800$", upload.Headers["RateLimit"]);
        Assert.Matches("^\"anonymousRequests\";r=\\d+;t=\\d+$", anonymous.Headers["RateLimit"]);
    }

    private Task<ApiAnswer> UploadAsync(SignedInUser user, string? videoId = null, string? key = null) => _http.PostAsync(
        "videos/upload/init", new { filename = "clip.mp4", filesize = 1_000, durationMs = 20_000, videoId }, user.AccessToken, key);
}
