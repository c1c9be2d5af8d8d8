using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Ranking;
using TikTok.Functions.Feed;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.LocalTests.Feed;

/// <summary>The feed over the real store; the ranker is the real ranking, called in place of its HTTP endpoint, and can be made to fail.</summary>
public sealed class ForYouFeedTests : IClassFixture<ProductDatabase>, IDisposable
{
    private readonly ProductDatabase _database;
    private readonly Catalogue _catalogue = new(TimeProvider.System);
    private readonly InProcessRanker _ranker;
    private readonly HttpClient _http;
    private readonly ForYouFeed _feed;

    public ForYouFeedTests(ProductDatabase database)
    {
        _database = database;
        _ranker = new InProcessRanker(new TrendingAndRecentRanker(_catalogue));
        _http = new HttpClient(_ranker) { BaseAddress = new Uri("http://ranker/") };
        var options = new RankerOptions(TimeSpan.FromSeconds(5));
        _feed = new ForYouFeed(
            new RankerClient(_http, options, new RankerCircuit(options, TimeProvider.System), NullLogger<RankerClient>.Instance),
            new PopularVideos(database.Client, TimeProvider.System, NullLogger<PopularVideos>.Instance),
            new FeedSessionStore(database.Client), new VideoStore(database.Client), new RelationStore(database.Client), TimeProvider.System);
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_session_shows_every_video_once_and_then_ends()
    {
        var videos = await AddAsync(25);

        var shown = new List<string>();
        FeedCursor? cursor = null;
        do
        {
            var page = await _feed.NextAsync("me", cursor, 10, CancellationToken.None);
            shown.AddRange(page.Videos.Select(v => v.VideoId));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(videos.Order(), shown.Order());
    }

    [Fact]
    public async Task A_page_asked_for_again_is_the_same_page_even_when_the_ranking_has_changed()
    {
        await AddAsync(20);
        var first = await _feed.NextAsync("me", null, 5, CancellationToken.None);
        var second = await _feed.NextAsync("me", first.Next, 5, CancellationToken.None);
        await AddAsync(5);

        var again = await _feed.NextAsync("me", first.Next, 5, CancellationToken.None);

        Assert.Equal(second.Videos.Select(v => v.VideoId), again.Videos.Select(v => v.VideoId));
    }

    [Fact]
    public async Task Two_requests_for_one_page_at_once_get_the_same_page()
    {
        await AddAsync(20);
        var first = await _feed.NextAsync("me", null, 5, CancellationToken.None);

        var pages = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _feed.NextAsync("me", first.Next, 5, CancellationToken.None)));

        Assert.All(pages, page => Assert.Equal(pages[0].Videos.Select(v => v.VideoId), page.Videos.Select(v => v.VideoId)));
    }

    [Fact]
    public async Task A_video_hidden_since_the_ranker_heard_of_it_is_not_shown()
    {
        var videos = await AddAsync(3);
        await new VideoStore(_database.Client).ChangeAsync(videos[0], v => v with { Visibility = Visibility.Private }, CancellationToken.None);

        var page = await _feed.NextAsync("me", null, 10, CancellationToken.None);

        Assert.Equal(videos.Skip(1).Order(), page.Videos.Select(v => v.VideoId).Order());
    }

    [Fact]
    public async Task Private_accounts_muted_creators_and_whatever_a_block_stands_before_are_not_shown()
    {
        var videos = await AddAsync(5);
        var edges = new AccountEdgeStore(_database.Client, TimeProvider.System);
        var me = $"me-{Guid.NewGuid():n}";
        await new VideoStore(_database.Client).ChangeAsync(videos[0], v => v with { OwnerPrivate = true }, CancellationToken.None);
        await edges.ChangeAsync(me, "creator1", e => e with { Muting = true }, CancellationToken.None);
        await edges.ChangeAsync(me, "creator2", e => e with { Blocking = true }, CancellationToken.None);
        await edges.ChangeAsync("creator3", me, e => e with { Blocking = true }, CancellationToken.None);

        var page = await _feed.NextAsync(me, null, 10, CancellationToken.None);

        Assert.Equal([videos[4]], page.Videos.Select(v => v.VideoId));
    }

    [Fact]
    public async Task Without_a_ranker_the_feed_shows_what_is_popular_and_says_so()
    {
        var videos = await AddAsync(3);
        _ranker.Fails = true;

        var page = await _feed.NextAsync("me", null, 50, CancellationToken.None);

        Assert.Equal("trending", page.Fallback);
        Assert.Superset(videos.ToHashSet(), page.Videos.Select(v => v.VideoId).ToHashSet());
        Assert.DoesNotContain(page.Videos, v => v.UserId == "me");
    }

    [Fact]
    public async Task Another_persons_session_is_not_continued()
    {
        await AddAsync(10);
        var mine = await _feed.NextAsync("me", null, 5, CancellationToken.None);

        var theirs = await _feed.NextAsync("other", mine.Next, 10, CancellationToken.None);

        Assert.Equal(10, theirs.Videos.Count);
    }

    private async Task<IReadOnlyList<string>> AddAsync(int count)
    {
        var videos = await Task.WhenAll(Enumerable.Range(0, count).Select(i => _database.AddVideoAsync(v => v with { UserId = $"creator{i}" })));
        _catalogue.Apply(videos);
        return [.. videos.Select(v => v.VideoId)];
    }

    private sealed class InProcessRanker(TrendingAndRecentRanker ranker) : HttpMessageHandler
    {
        public bool Fails { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Fails) return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            var asked = await request.Content!.ReadFromJsonAsync<RankRequest>(CoreJson.Options, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(ranker.Rank(asked!), options: CoreJson.Options) };
        }
    }
}
