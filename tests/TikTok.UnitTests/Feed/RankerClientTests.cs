using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Ranking;
using TikTok.Functions.Feed;

namespace TikTok.UnitTests.Feed;

public sealed class RankerClientTests
{
    private readonly FakeTime _time = new();
    private readonly FakeRanker _ranker = new();
    private readonly RankerClient _client;

    public RankerClientTests()
    {
        var options = new RankerOptions(TimeSpan.FromMilliseconds(50));
        var http = new HttpClient(_ranker) { BaseAddress = new Uri("http://ranker/") };
        _client = new RankerClient(http, options, new RankerCircuit(options, _time), NullLogger<RankerClient>.Instance);
    }

    [Fact]
    public async Task Rank_answers_the_rankers_videos_in_its_order()
    {
        _ranker.Answer = _ => Task.FromResult(Ranked("b", "a"));

        Assert.Equal(["b", "a"], await Rank());
    }

    [Fact]
    public async Task Rank_tells_the_ranker_who_asks_what_to_leave_out_and_by_when()
    {
        RankRequest? asked = null;
        _ranker.Answer = async request =>
        {
            asked = await request.Content!.ReadFromJsonAsync<RankRequest>(CoreJson.Options);
            return Ranked();
        };

        await _client.RankAsync("me", 7, ["seen"], CancellationToken.None);

        Assert.Equal(("me", 7, 50), (asked!.UserId, asked.Count, asked.DeadlineMs));
        Assert.Equal(["seen"], asked.Exclude);
    }

    [Fact]
    public async Task Rank_gives_up_on_a_ranker_that_is_late()
    {
        _ranker.Answer = async _ =>
        {
            var never = new TaskCompletionSource<HttpResponseMessage>();
            _time.Advance(TimeSpan.FromSeconds(1));
            return await never.Task;
        };

        Assert.Null(await Rank());
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "")]
    [InlineData(HttpStatusCode.OK, "not json")]
    public async Task Rank_is_null_when_the_ranker_fails(HttpStatusCode status, string body)
    {
        _ranker.Answer = _ => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, null, "application/json") });

        Assert.Null(await Rank());
    }

    [Fact]
    public async Task A_ranker_that_sheds_load_is_asked_again_by_the_next_request()
    {
        _ranker.Answer = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(1)) } });
        for (var i = 0; i < 20; i++) Assert.Null(await Rank());

        _ranker.Answer = _ => Task.FromResult(Ranked("a"));

        Assert.Equal(["a"], await Rank());
    }

    [Fact]
    public async Task What_trends_is_no_ranking_though_the_ranker_says_it()
    {
        _ranker.Answer = _ => Task.FromResult(Static("a"));
        Assert.Equal("trending", (await _client.RankAsync("me", 10, [], CancellationToken.None))!.Fallback);

        _ranker.Answer = _ => Task.FromResult(Static());
        Assert.Null(await Rank());

        static HttpResponseMessage Static(params string[] ids) => new(HttpStatusCode.OK)
        {
            Content = JsonContent.Create(new RankResponse([.. ids.Select(id => new RankedVideo(id, "trending", 1))], RankResponse.Static), options: CoreJson.Options),
        };
    }

    [Fact]
    public async Task Rank_reads_over_what_it_does_not_know()
    {
        const string Body = """{"items":[{"videoId":"a","pool":"trending+followed","score":1,"heads":[0.5]}],"ranker":"model","degradations":["late"],"arms":{"x":"1"},"more":{}}""";
        _ranker.Answer = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Body, null, "application/json") });

        Assert.Equal(["a"], await Rank());
    }

    [Fact]
    public async Task A_ranker_that_keeps_failing_is_left_alone_for_five_seconds_and_then_asked_again()
    {
        _ranker.Answer = _ => throw new HttpRequestException("refused");
        for (var i = 0; i < 20; i++) await Rank();
        var whileBroken = _ranker.Calls;
        await Rank();
        Assert.Equal(whileBroken, _ranker.Calls);

        _time.Advance(TimeSpan.FromSeconds(6));
        _ranker.Answer = _ => Task.FromResult(Ranked("a"));

        Assert.Equal(["a"], await Rank());
    }

    private async Task<IReadOnlyList<string>?> Rank() => (await _client.RankAsync("me", 10, [], CancellationToken.None))?.VideoIds;

    private static HttpResponseMessage Ranked(params string[] ids) => new(HttpStatusCode.OK)
    {
        Content = JsonContent.Create(new RankResponse([.. ids.Select(id => new RankedVideo(id, "recent", 1))], "test"), options: CoreJson.Options),
    };

    private sealed class FakeRanker : HttpMessageHandler
    {
        public Func<HttpRequestMessage, Task<HttpResponseMessage>> Answer { get; set; } = _ => Task.FromResult(Ranked());
        public int Calls { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return await Answer(request).WaitAsync(cancellationToken);
        }
    }
}
