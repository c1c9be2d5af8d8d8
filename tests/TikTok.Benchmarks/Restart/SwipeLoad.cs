using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Benchmarks.Restart;

/// <summary>People who swipe on and on, so many times a second all together, straight into the log; and a ledger of what they did. Nobody sees a video twice.</summary>
internal sealed class SwipeLoad(InteractionLog log, IReadOnlyList<string> people, IReadOnlyList<string> videos, int perSecond, TimeProvider time)
{
    private const int OneIn = 8;
    private const int LengthMs = 15_000;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(3);
    private readonly HashSet<(int Person, int Video)> _watched = [];

    /// <summary>Watches of each video in the log.</summary>
    public int[] Impressions { get; } = new int[videos.Count];

    public int[] Likes { get; } = new int[videos.Count];

    /// <summary>Watches by each person.</summary>
    public int[] Swipes { get; } = new int[people.Count];

    public int Total { get; private set; }

    /// <summary>Times that the log did not take a batch, which was then appended again.</summary>
    public int Repeated { get; private set; }

    public IReadOnlyList<string> People => people;

    public IReadOnlyList<string> Videos => videos;

    /// <summary>Who watched what, by their places in the lists.</summary>
    public IEnumerable<(int Person, int Video)> Watched => _watched;

    public bool HasWatched(int person, int video) => _watched.Contains((person, video));

    /// <summary>Until it is cancelled; what was begun is in the log then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        var due = 0.0;
        while (!stopping.IsCancellationRequested)
        {
            var now = time.GetElapsedTime(began).TotalSeconds * perSecond;
            var batch = new List<Interaction>();
            for (; due < now; due++) Swipe(batch);
            if (batch.Count > 0) await AppendAsync(batch);
            await Task.Delay(Tick, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Swipe(List<Interaction> batch)
    {
        int person, video;
        do (person, video) = (_random.Next(people.Count), _random.Next(videos.Count));
        while (!_watched.Add((person, video)));
        var watch = new Interaction
        {
            Id = Id.New(time),
            Type = InteractionType.Watch,
            UserId = people[person],
            VideoId = videos[video],
            At = time.GetUtcNow(),

            // Everybody likes half of the videos: there is something to learn.
            Watch = new WatchFacts((person + video) % 2 == 0 ? LengthMs : _random.Next(500, 5_000), LengthMs, WatchSource.Fyp),
        };
        batch.Add(watch);
        Impressions[video]++;
        Swipes[person]++;
        Total++;
        if (_random.Next(OneIn) != 0) return;
        batch.Add(watch with { Id = Id.New(time), Type = InteractionType.Like, Watch = null });
        Likes[video]++;
    }

    /// <summary>Until the log has all of it: what it has already, the ranker must leave out by the events' ids.</summary>
    private async Task AppendAsync(List<Interaction> batch)
    {
        while (true)
        {
            try
            {
                await log.AppendAsync(batch, CancellationToken.None);
                return;
            }
            catch (Exception e) when (e is OperationCanceledException or Azure.Messaging.EventHubs.EventHubsException && Repeated++ < 100)
            {
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
    }
}
