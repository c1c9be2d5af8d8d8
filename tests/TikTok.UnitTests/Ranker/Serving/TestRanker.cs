using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Serving;

/// <summary>The ranker as it serves, over videos of the test's own making; the clock stands still unless the test moves it.</summary>
internal sealed class TestRanker : IDisposable
{
    public const int DeadlineMs = 50;

    private readonly ServiceProvider _services;

    public TestRanker(int videos, Action<IServiceCollection>? change = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddRankerState(RowFormats.Single)
            .AddRanking()
            .AddSingleton<IPersonSource, KnownPeople>();
        change?.Invoke(services);
        _services = services.BuildServiceProvider();
        Get<VideoFold>().Apply([.. Enumerable.Range(0, videos).Select(NewVideo)], "end");
        Get<PoolRenewal>().Renew();
        Get<VideoSpace>().Renew(all: true, CancellationToken.None);
    }

    public FakeTime Time { get; } = new();

    public RankService Service => Get<RankService>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public RequestBuffers Ask(string userId = "me", int count = 20, params IEnumerable<long> session)
    {
        var buffers = Service.Rent();
        buffers.Query.Set(userId, count, DeadlineMs, [.. session], seed: 7);
        return buffers;
    }

    public RequestDeadline Deadline() => RequestDeadline.In(Time, TimeSpan.FromMilliseconds(DeadlineMs));

    /// <summary>The videos of a page.</summary>
    public IReadOnlyList<long> Page(RequestBuffers buffers)
    {
        var page = new List<long>();
        foreach (var pick in buffers.Answer.Picks) page.Add(Get<VideoTable>()[buffers.Candidates.Rows[pick.Candidate]].Video);
        return page;
    }

    public void Dispose() => _services.Dispose();

    private Video NewVideo(int number)
    {
        var id = Id.New(Time);
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = $"creator-{number % 50}",
            Username = $"creator-{number % 50}",
            Hashtags = [$"tag-{number % 7}"],
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 8_000 },
            Counters = new VideoCounters { Views = number, Likes = number / 3 },
            CreatedAt = Time.GetUtcNow(),
            PublishedAt = Time.GetUtcNow(),
        };
    }
}

/// <summary>A model that does as it is told.</summary>
internal sealed class TestModel(Action score) : IRankingModel
{
    public long Version => 3;

    public void Score(RankingInputs inputs, Span<float> predictions)
    {
        score();
        for (var i = 0; i < predictions.Length; i++) predictions[i] = i % 97 / 100f;
    }

    public void Dispose()
    {
    }
}
