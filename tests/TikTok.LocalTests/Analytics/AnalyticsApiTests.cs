using System.Net;
using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Analytics;

/// <summary>History, trending and statistics from the outside: what people do comes back in lists and series.</summary>
[Collection(nameof(ProductService))]
public sealed class AnalyticsApiTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task What_was_watched_is_in_the_history_last_watched_first_and_pages()
    {
        var (creator, viewer) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var videos = new List<string>();
        for (var i = 0; i < 3; i++) videos.Add(await AddVideoAsync(creator));
        foreach (var id in videos) await WatchAsync(viewer, id, 5_000);
        await WatchAsync(viewer, videos[0], 20_000);

        await Eventually.TrueAsync(async () => (await HistoryAsync(viewer)).Items.Sum(i => i.GetProperty("times").GetInt32()) == 4);
        var (items, _) = await HistoryAsync(viewer);
        var first = await HistoryAsync(viewer, "?limit=2");
        var second = await HistoryAsync(viewer, $"?limit=2&cursor={first.Cursor}");

        Assert.Equal([videos[0], videos[2], videos[1]], items.Select(IdOf));
        Assert.Equal((2, 25_000, 1), (items[0].GetProperty("times").GetInt32(), items[0].GetProperty("watchedMs").GetInt32(), items[0].GetProperty("completion").GetDouble()));
        Assert.Equal(0.5, items[1].GetProperty("completion").GetDouble());
        Assert.Equal(items.Select(IdOf), first.Items.Concat(second.Items).Select(IdOf));
        Assert.Null(second.Cursor);
    }

    [Fact]
    public async Task Nobody_sees_in_their_history_what_they_may_not_see_any_more_nor_anything_of_others()
    {
        var (creator, viewer, other) = (await _http.RegisterAsync(), await _http.RegisterAsync(), await _http.RegisterAsync());
        var (hidden, kept) = (await AddVideoAsync(creator), await AddVideoAsync(creator));
        foreach (var id in new[] { hidden, kept }) await WatchAsync(viewer, id, 5_000);
        await Eventually.TrueAsync(async () => (await HistoryAsync(viewer)).Items.Count == 2);

        await Videos.ChangeAsync(hidden, v => v with { Visibility = Visibility.Private }, CancellationToken.None);

        Assert.Equal([kept], (await HistoryAsync(viewer)).Items.Select(IdOf));
        Assert.Empty((await HistoryAsync(other)).Items);
        var mine = await _http.SendAsync(HttpMethod.Get, "users/me/history?limit=1", token: viewer.AccessToken);
        var stolen = await _http.SendAsync(
            HttpMethod.Get, $"users/me/history?cursor={mine.Body.GetProperty("nextCursor").GetString()}", token: other.AccessToken);
        Assert.Equal(HttpStatusCode.BadRequest, stolen.Status);
    }

    [Fact]
    public async Task A_creator_sees_what_became_of_their_videos_and_others_do_not()
    {
        var (creator, viewer) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var (a, b) = (await AddVideoAsync(creator), await AddVideoAsync(creator));
        await WatchAsync(viewer, a, 10_000);
        await WatchAsync(viewer, a, 3_000);
        await WatchAsync(viewer, b, 1_000);
        await _http.PostAsync($"videos/{a}/like", new { }, viewer.AccessToken);
        await _http.PostAsync($"users/{creator.UserId}/follow", new { }, viewer.AccessToken);

        await Eventually.TrueAsync(async () =>
        {
            var totals = (await StatsAsync(creator, "analytics/creator")).GetProperty("totals");
            return totals.GetProperty("views").GetInt32() == 3 && totals.GetProperty("likes").GetInt32() == 1;
        });
        var all = await StatsAsync(creator, "analytics/creator?granularity=day");
        var ofA = await StatsAsync(creator, $"analytics/videos/{a}?granularity=hour&from={Uri.EscapeDataString(TimeProvider.System.GetUtcNow().AddHours(-3).ToString("O"))}");

        Assert.Equal(14_000, all.GetProperty("totals").GetProperty("watchTimeMs").GetInt32());
        Assert.Equal(29, all.GetProperty("series").GetArrayLength());
        Assert.Equal(2, ofA.GetProperty("totals").GetProperty("views").GetInt32());
        Assert.Equal([2, 2, 2, 1, 1, 1, 1, 1, 1, 1], ofA.GetProperty("totals").GetProperty("completion").EnumerateArray().Select(c => c.GetInt32()));
        Assert.InRange(ofA.GetProperty("series").GetArrayLength(), 4, 5);
        Assert.Equal(HttpStatusCode.Forbidden, (await _http.SendAsync(HttpMethod.Get, $"analytics/videos/{a}", token: viewer.AccessToken)).Status);
        Assert.Equal(0, (await StatsAsync(viewer, "analytics/creator")).GetProperty("totals").GetProperty("views").GetInt32());
    }

    [Fact]
    public async Task What_is_watched_and_liked_trends_until_it_is_deleted()
    {
        var (creator, viewer) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var (tag, sound) = ($"t{Guid.NewGuid():n}", Id.New(TimeProvider.System));
        var (more, less) = (await AddVideoAsync(creator, tag, sound), await AddVideoAsync(creator, tag, sound));
        for (var i = 0; i < 40; i++) await WatchAsync(viewer, more, 5_000);
        for (var i = 0; i < 20; i++) await WatchAsync(viewer, less, 5_000);

        // Each list is at most 15 seconds old, and each partition of the log has a reader of its own.
        await Eventually.TrueAsync(async () =>
            (await TrendingAsync(viewer, "videos")).Select(IdOf).Where(id => id == more || id == less).SequenceEqual([more, less]));
        await Eventually.TrueAsync(async () => (await TrendingAsync(viewer, "hashtags")).Any(i => i.GetProperty("hashtag").GetString() == tag));
        await Eventually.TrueAsync(async () => (await TrendingAsync(viewer, "sounds")).Any(i => i.GetProperty("sound").GetString() == sound));

        await _http.SendAsync(HttpMethod.Delete, $"videos/{more}", token: creator.AccessToken);

        Assert.DoesNotContain(await TrendingAsync(viewer, "videos"), i => IdOf(i) == more);
    }

    [Theory]
    [InlineData("trending?type=people", "type")]
    [InlineData("trending?limit=0", "limit")]
    [InlineData("trending?cursor=x", "cursor")]
    [InlineData("users/me/history?cursor=x", "cursor")]
    [InlineData("analytics/creator?granularity=year", "granularity")]
    [InlineData("analytics/creator?from=2026-13-01T00:00:00Z", "from")]
    public async Task A_question_that_makes_no_sense_is_refused_by_its_field(string path, string field)
    {
        var answer = await _http.SendAsync(HttpMethod.Get, path, token: (await _http.RegisterAsync()).AccessToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Body.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    private VideoStore Videos => new(service.Cosmos);

    private async Task<string> AddVideoAsync(SignedInUser creator, string? hashtag = null, string? sound = null)
    {
        var id = Id.New(TimeProvider.System);
        await Videos.TryCreateAsync(
            new Video
            {
                Id = id,
                VideoId = id,
                UserId = creator.UserId,
                Username = creator.Username,
                Status = VideoStatus.Ready,
                Hashtags = hashtag is null ? [] : [hashtag],
                SoundId = sound,
                Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 10_000, CompletedAt = TimeProvider.System.GetUtcNow() },
                Handovers = new Handovers { Published = TimeProvider.System.GetUtcNow() },
                CreatedAt = TimeProvider.System.GetUtcNow(),
                PublishedAt = TimeProvider.System.GetUtcNow(),
            },
            CancellationToken.None);
        return id;
    }

    private async Task WatchAsync(SignedInUser viewer, string videoId, long ms)
    {
        var answer = await _http.PostAsync("analytics/watch", new { videoId, watchDurationMs = ms, totalDurationMs = 10_000, source = "fyp" }, viewer.AccessToken);
        Assert.True(answer.Status == HttpStatusCode.NoContent, answer.Text);
    }

    private async Task<(List<JsonElement> Items, string? Cursor)> HistoryAsync(SignedInUser user, string query = "")
    {
        var answer = await _http.SendAsync(HttpMethod.Get, "users/me/history" + query, token: user.AccessToken);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return ([.. answer.Body.GetProperty("items").EnumerateArray()], answer.Body.TryGetProperty("nextCursor", out var cursor) ? cursor.GetString() : null);
    }

    private async Task<List<JsonElement>> TrendingAsync(SignedInUser user, string type)
    {
        var answer = await _http.SendAsync(HttpMethod.Get, $"trending?type={type}&limit=100", token: user.AccessToken);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Body.GetProperty("items").EnumerateArray()];
    }

    private async Task<JsonElement> StatsAsync(SignedInUser user, string path)
    {
        var answer = await _http.SendAsync(HttpMethod.Get, path, token: user.AccessToken);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Body;
    }

    private static string? IdOf(JsonElement item) => item.GetProperty("video").GetProperty("id").GetString();
}
