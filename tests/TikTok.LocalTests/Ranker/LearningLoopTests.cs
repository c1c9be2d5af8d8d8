using System.Net;
using System.Net.Http.Json;
using Azure.Messaging.EventHubs.Producer;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Ranking;
using TikTok.LocalTests.Functions;
using TikTok.LocalTests.Social;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Training.Dlrm;

namespace TikTok.LocalTests.Ranker;

/// <summary>From a swipe in the log to a model that ranks: trainer and server as processes, over the real emulators.</summary>
[Collection(nameof(ProductService))]
public sealed class LearningLoopTests(ProductService service) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new() { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Swipes_become_a_model_that_ranks_and_a_killed_trainer_goes_on_on_another_machine()
    {
        var videos = new List<string>();
        for (var i = 0; i < 6; i++) videos.Add(await ReadyVideo.AddAsync(service, $"creator{i}"));
        await using var producer = new EventHubProducerClient(service.EventHubsProcess.ConnectionString, Hubs.Interactions);
        var log = new InteractionLog(producer);
        await log.AppendAsync(Swipes(videos, 300), default);

        long first;
        await using (var trainer = await service.StartTrainerAsync())
        {
            first = (await UntilAsync(RankAsync, answer => answer.ModelVersion > 0)).ModelVersion;
            await UntilAsync(() => ReportAsync(trainer), report => report.Examples >= LearnedOf(300) && report.FirstTowerPairs >= 100);
            await trainer.KillAsync();
        }
        await log.AppendAsync(Swipes(videos, 100), default);
        await using var second = await service.StartTrainerAsync();

        var report = await UntilAsync(() => ReportAsync(second), report => report.Examples >= LearnedOf(400));
        var ranked = await UntilAsync(RankAsync, answer => answer.ModelVersion > first);
        Assert.Equal("model", ranked.Ranker);
        Assert.NotEmpty(ranked.Items);
        Assert.Equal((0, 0), (report.DroppedBatches, report.FailedTurns));
    }

    /// <summary>While the log is silent, a batch that is not full waits for more.</summary>
    private static int LearnedOf(int examples) => examples - new DlrmTrainerOptions().BatchSize + 1;

    /// <summary>People who watch the even videos to their end and skip the odd ones.</summary>
    private static List<Interaction> Swipes(IReadOnlyList<string> videos, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Interaction
        {
            Id = Id.New(TimeProvider.System),
            Type = InteractionType.Watch,
            VideoId = videos[i % videos.Count],
            UserId = $"swiper{i / videos.Count}",
            At = TimeProvider.System.GetUtcNow(),
            Watch = new WatchFacts(i % 2 == 0 ? 15_000 : 700, 15_000, WatchSource.Fyp),
        }),
    ];

    private async Task<RankResponse> RankAsync()
    {
        var request = new RankRequest { UserId = "swiper-to-come", Count = 10, DeadlineMs = 1_000 };
        using var response = await _http.PostAsJsonAsync(new Uri(service.Ranker, "rank"), request, CoreJson.Options);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<RankResponse>(CoreJson.Options))!;
    }

    private async Task<TrainingReport> ReportAsync(LocalProcess trainer) =>
        (await _http.GetFromJsonAsync<TrainingReport>(new Uri(new Uri(trainer.ReadyLine.Split(' ')[^1]), "training"), CoreJson.Options))!;

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await ask();
            if (isEnough(answer)) return answer;
            await Task.Delay(200, limit.Token);
        }
    }
}
