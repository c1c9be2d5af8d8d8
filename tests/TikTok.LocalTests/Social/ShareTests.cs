using System.Net;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Social;

[Collection(nameof(ProductService))]
public sealed class ShareTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task Each_share_counts_and_one_that_is_repeated_with_its_key_counts_once()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var video = await ReadyVideo.AddAsync(service, ada.UserId);

        Assert.Equal("""{"shareCount":1}""", (await ShareAsync(bob, video)).Text);
        Assert.Equal("""{"shareCount":2}""", (await ShareAsync(bob, video)).Text);
        Assert.Equal("""{"shareCount":3}""", (await ShareAsync(bob, video, "one")).Text);
        Assert.Equal("""{"shareCount":3}""", (await ShareAsync(bob, video, "one")).Text);
        Assert.Equal("""{"shareCount":4}""", (await ShareAsync(ada, video, "one")).Text);

        var logged = new LoggedInteractions(service.EventHubsProcess);
        await Eventually.TrueAsync(async () => (await logged.OfAsync(video)).Where(e => e.Type == InteractionType.Share).Select(e => e.Id).Distinct().Count() == 4);
    }

    [Fact]
    public async Task Concurrent_shares_are_exact_even_where_each_is_repeated_and_the_keeper_of_answers_forgets()
    {
        var video = await ReadyVideo.AddAsync(service, "creator");
        var shares = new ShareStore(service.Cosmos, new VideoStore(service.Cosmos), TimeProvider.System);

        var counts = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => shares.AddAsync("ada", video, $"operation{i % 40}", default)));

        Assert.All(counts, count => Assert.InRange(count!.Value, 1, 40));
        Assert.Equal(40, (await new VideoStore(service.Cosmos).FindAsync(video, default))!.Counters.Shares);
    }

    [Fact]
    public async Task Only_a_video_that_one_sees_and_that_plays_can_be_shared()
    {
        var (ada, bob) = (await _http.RegisterAsync(), await _http.RegisterAsync());
        var secret = await ReadyVideo.AddAsync(service, ada.UserId, v => v with { Visibility = Visibility.Private });
        var processing = await ReadyVideo.AddAsync(service, bob.UserId, v => v with { Status = VideoStatus.Failed });

        Assert.Equal(HttpStatusCode.NotFound, (await ShareAsync(bob, secret)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ShareAsync(bob, processing)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ShareAsync(bob, "nonsense")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ShareAsync(ada, secret)).Status);
    }

    private Task<ApiAnswer> ShareAsync(SignedInUser user, string video, string? key = null) =>
        _http.SendAsync(HttpMethod.Post, $"videos/{video}/share", token: user.AccessToken, idempotencyKey: key);
}
