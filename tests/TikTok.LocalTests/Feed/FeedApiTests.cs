using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TikTok.Core.Documents;
using TikTok.LocalTests.Functions;
using TikTok.LocalTests.Social;

namespace TikTok.LocalTests.Feed;

/// <summary>The feed from the outside, and what it does when what it stands on is slow or gone.</summary>
[Collection(nameof(ProductService))]
public sealed class FeedApiTests(ProductService service) : IAsyncLifetime
{
    /// <summary>The feed's own budget is two seconds; the rest is for a machine that has much to do.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    private readonly HttpClient _http = service.Http;
    private SignedInUser _me = null!;

    public async Task InitializeAsync() => _me = await _http.RegisterAsync();

    public Task DisposeAsync() => service.CosmosProcess.HealAsync();

    [Fact]
    public async Task The_state_that_an_app_sends_along_changes_what_it_may_prefetch()
    {
        await PublishAsync(3);

        var fast = await FeedAsync("bandwidth=50, buffer=20, battery=100");
        var slow = await FeedAsync("bandwidth=0.2, buffer=0, battery=5");
        var unreadable = await FeedAsync("bandwidth=fast");

        Assert.Equal(Ids(fast), Ids(slow));
        Assert.Equal(["720p"], PrefetchedRenditions(fast));
        Assert.Equal(["240p"], PrefetchedRenditions(slow));
        Assert.Equal((HttpStatusCode.BadRequest, "/problems/invalid"), (unreadable.Status, unreadable.ProblemType));
    }

    [Fact]
    public async Task The_first_page_is_the_same_for_a_minute_until_something_is_liked()
    {
        await PublishAsync(3);

        // A page that could not be remembered in time, on a busy machine, is not given again.
        var (first, again) = (await FeedAsync(), await FeedAsync());
        if (CursorOf(first) != CursorOf(again)) (first, again) = (again, await FeedAsync());
        Assert.Equal(Ids(first), Ids(again));
        Assert.Equal(CursorOf(first), CursorOf(again));

        await _http.PostAsync($"videos/{Ids(first)[0]}/like", new { }, _me.AccessToken);
        var anew = await UntilAsync(feed => CursorOf(feed) != CursorOf(first));
        Assert.NotEmpty(Ids(anew));
    }

    [Fact]
    public async Task The_first_page_is_another_after_three_skips_in_a_row()
    {
        await PublishAsync(3);
        var first = await FeedAsync();

        await _http.PostAsync(
            "analytics/watch",
            new { events = Ids(first).Take(3).Select(id => new { videoId = id, watchDurationMs = 300, totalDurationMs = 15_000, source = "fyp" }) },
            _me.AccessToken);

        await UntilAsync(feed => CursorOf(feed) != CursorOf(first));
    }

    [Fact]
    public async Task While_the_database_hangs_the_answer_is_503_and_comes_soon()
    {
        await PublishAsync(1);

        // Without relations nobody knows what a block stands before.
        foreach (var container in (string[])["edges", "videos"])
        {
            await service.CosmosProcess.FailAsync($$"""{"match":{"container":"{{container}}"},"delayMs":6000}""");
            var started = TimeProvider.System.GetTimestamp();
            var answer = await FeedAsync();
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/unavailable", "1"), (answer.Status, answer.ProblemType, answer.Headers["Retry-After"]));
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Soon);
            await service.CosmosProcess.HealAsync();
        }

        Assert.Equal(HttpStatusCode.OK, (await UntilAsync(feed => feed.Status == HttpStatusCode.OK)).Status);
    }

    [Fact]
    public async Task While_the_ranker_is_gone_there_is_a_page_that_says_what_it_is_made_of()
    {
        var videos = await PublishAsync(2);
        await service.KillRankerAsync();
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            var page = await _http.SendAsync(HttpMethod.Get, "feed?count=100", token: _me.AccessToken);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Contains(page.Body.GetProperty("fallback").GetString(), (string[])["trending", "static"]);
            Assert.NotEmpty(Ids(page));
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Soon);

            await SwipeToTheEndAsync(_me, videos);
        }
        finally
        {
            await service.StartRankerAsync();
        }

        // The circuit closes again by itself.
        await UntilAsync(feed => feed.Status == HttpStatusCode.OK && !feed.Body.TryGetProperty("fallback", out _));
    }

    /// <summary>What there is without a ranker comes once, and then it ends.</summary>
    private async Task SwipeToTheEndAsync(SignedInUser person, IReadOnlyList<string> videos)
    {
        var shown = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _http.SendAsync(HttpMethod.Get, $"feed?count=100{(cursor is null ? "" : $"&cursor={cursor}")}", token: person.AccessToken);
            shown.AddRange(Ids(page));
            cursor = CursorOf(page);
        }
        while (cursor is not null);

        Assert.Superset(videos.ToHashSet(), shown.ToHashSet());
        Assert.Equal(shown.Distinct().Count(), shown.Count);
    }

    /// <returns>The ids of new videos that the ranker has heard of.</returns>
    private async Task<IReadOnlyList<string>> PublishAsync(int count)
    {
        var creator = await _http.RegisterAsync();
        var videos = new List<string>();
        for (var i = 0; i < count; i++)
        {
            videos.Add(await ReadyVideo.AddAsync(service, creator.UserId, v => v with
            {
                MediaContainer = "media",
                Renditions = [Rendition("240p", 300_000), Rendition("720p", 2_000_000)],
            }));
        }

        // A page for another number of videos is ranked anew.
        var (somebody, asked) = (await _http.RegisterAsync(), 100);
        await Eventually.TrueAsync(async () => !videos.Except(Ids(await FeedAsync(person: somebody, count: asked = 199 - asked))).Any());
        return videos;
    }

    private static Rendition Rendition(string name, int bandwidth) => new()
    {
        Name = name,
        Width = 426,
        Height = 240,
        FrameRate = 30,
        Codecs = "avc1.64001e",
        Bandwidth = bandwidth,
        AverageBandwidth = bandwidth,
        Bytes = bandwidth / 8 * 15,
    };

    private async Task<ApiAnswer> FeedAsync(string? clientState = null, SignedInUser? person = null, int count = 100)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"feed?count={count}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (person ?? _me).AccessToken);
        if (clientState is not null) request.Headers.Add("X-Client-State", clientState);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer(
            response.StatusCode, JsonSerializer.Deserialize<JsonElement>(text), text,
            response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    private async Task<ApiAnswer> UntilAsync(Func<ApiAnswer, bool> wanted)
    {
        ApiAnswer? answer = null;
        await Eventually.TrueAsync(async () => wanted(answer = await FeedAsync()));
        return answer!;
    }

    private static IReadOnlyList<string> Ids(ApiAnswer feed) =>
        feed.Status == HttpStatusCode.OK ? [.. feed.Body.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("id").GetString()!)] : [];

    private static string? CursorOf(ApiAnswer feed) => feed.Body.TryGetProperty("nextCursor", out var cursor) ? cursor.GetString() : null;

    private static IReadOnlyList<string> PrefetchedRenditions(ApiAnswer feed) =>
        [.. feed.Body.GetProperty("prefetch").EnumerateArray().Select(hint => hint.GetProperty("rendition").GetString()!).Distinct()];
}
