using TikTok.Benchmarks.Harness;
using TikTok.Core.Ranking;
using TikTok.Ranker.Features;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Serving;

namespace TikTok.Benchmarks.Restart;

/// <summary>What the processes know in the end, held against what was done: each event counted, and each once.</summary>
internal sealed class RestartProof(RankerProcesses processes, SwipeLoad load, ExpectedCounts expected, TimeProvider time)
{
    private const int Pages = 50;
    private const int DeadlineMs = 1_000;
    private const int WithFollow = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>By <c>GET /explain</c> of each video and each person, and by pages for them.</summary>
    public async Task<IReadOnlyList<BenchmarkRow>> ServerAsync(CancellationToken cancellationToken)
    {
        var (videos, people) = (0, 0);
        for (var began = time.GetTimestamp(); ; await Task.Delay(Poll, time, cancellationToken))
        {
            (videos, people) = (0, 0);
            for (var i = 0; i < Math.Max(load.Videos.Count, load.People.Count); i++)
            {
                var (video, person) = (i % load.Videos.Count, i % load.People.Count);
                var told = await processes.AskAsync<Explanation>(RankerProcesses.Server, $"explain/{load.People[person]}/{load.Videos[video]}", cancellationToken);
                if (i < load.Videos.Count && told.Impressions != expected.Impressions(load, video)) videos++;
                if (i < load.People.Count && told.Swipes != expected.Swipes(load, person)) people++;
            }
            if (videos + people == 0 || time.GetElapsedTime(began) > Patience) break;
        }
        return
        [
            None("server: videos whose impressions are not those of the log", videos, load.Videos.Count),
            None("server: people whose swipes are not those of the log", people, load.People.Count),
            None("server: watched videos on pages of twenty for those who watched them", await WatchedAgainAsync(cancellationToken), Pages * 20),
        ];
    }

    /// <summary>By <c>GET /training</c> and by all of the state in the snapshot that the trainer wrote last.</summary>
    public async Task<IReadOnlyList<BenchmarkRow>> TrainerAsync(RestartState uploaded, CancellationToken cancellationToken)
    {
        var report = await processes.AskAsync<TrainingReport>(RankerProcesses.Trainer, "training", cancellationToken);
        var learned = report.Examples + report.WaitingExamples + report.OpenImpressions;
        var people = Enumerable.Range(0, load.People.Count).Select(person => uploaded.View(load.People[person])).ToList();
        return
        [
            None("trainer: examples learned twice or not at all", Math.Abs(learned - (WithFollow * (long)load.Total)), WithFollow * load.Total),
            None("trainer: batches and turns that failed", report.DroppedBatches + report.FailedTurns, 0),
            None("trainer: videos whose impressions or likes are not those of the log", expected.Differing(load, uploaded.Videos), uploaded.Videos.Count),
            None("trainer: people whose swipes are not those of the log", people.Index().Count(p => p.Item.Swipes != expected.Swipes(load, p.Index)), load.People.Count),
            None("trainer: watches that are not remembered", load.Watched.Count(w => !people[w.Person].Watched.Contains(FeatureId.Of(Field.Video, load.Videos[w.Video]))), load.Total),
        ];
    }

    private async Task<int> WatchedAgainAsync(CancellationToken cancellationToken)
    {
        var numbers = load.Videos.Index().ToDictionary(video => video.Item, video => video.Index, StringComparer.Ordinal);
        var again = 0;
        for (var i = 0; i < Pages; i++)
        {
            var person = i % load.People.Count;
            var page = await processes.PostAsync<RankRequest, RankResponse>(
                RankerProcesses.Server, "rank", new RankRequest { UserId = load.People[person], Count = 20, DeadlineMs = DeadlineMs }, cancellationToken);
            again += page.Items.Count(item => numbers.TryGetValue(item.VideoId, out var video) && load.HasWatched(person, video));
        }
        return again;
    }

    private static BenchmarkRow None(string name, double value, int of) => new() { Name = name, Value = value, Unit = of > 0 ? $"of {of}" : "", Target = Target.Max(0) };
}
