namespace TikTok.Local.Up.Demo;

/// <summary>
/// A few simulated people, each fond of some hashtags, who swipe through the feed over the HTTP API, so that a new service has something to rank by and the ranker something to
/// learn from. They tell how long they watched, and do not wait that long. Once per data directory.
/// </summary>
internal sealed class DemoCrowd(UpOptions options, DataDirectory data, Action<string> report, TimeProvider time)
{
    /// <summary>At most: fewer where the clips come to an end.</summary>
    private const int SwipesEach = 25;

    private const int Sessions = 2;
    private const int PageSize = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private static readonly IReadOnlyList<DemoViewer> Viewers =
    [
        new(new DemoAccount("demo_viewer_1", "Demo-Password-11", "Simulated viewer 1"), ["gradients", "spectrum"], TakesQuiz: true),
        new(new DemoAccount("demo_viewer_2", "Demo-Password-12", "Simulated viewer 2"), ["gradients", "spectrum", "weave"], TakesQuiz: false),
        new(new DemoAccount("demo_viewer_3", "Demo-Password-13", "Simulated viewer 3"), ["mandelbrot", "triangles"], TakesQuiz: true),
        new(new DemoAccount("demo_viewer_4", "Demo-Password-14", "Simulated viewer 4"), ["mandelbrot", "triangles", "life"], TakesQuiz: false),
        new(new DemoAccount("demo_viewer_5", "Demo-Password-15", "Simulated viewer 5"), ["timer", "bars"], TakesQuiz: true),
        new(new DemoAccount("demo_viewer_6", "Demo-Password-16", "Simulated viewer 6"), ["timer", "bars", "weave"], TakesQuiz: false),
        new(new DemoAccount("demo_viewer_7", "Demo-Password-17", "Simulated viewer 7"), ["life", "weave"], TakesQuiz: true),
        new(new DemoAccount("demo_viewer_8", "Demo-Password-18", "Simulated viewer 8"), ["life", "gradients"], TakesQuiz: false),
    ];

    private string DonePath => Path.Combine(data.Demo, "crowd-done");

    public async Task SwipeAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(DonePath)) return;
        report($"demo: {Viewers.Count} simulated viewers swipe through the feed");
        var swipes = await Task.WhenAll(Viewers.Select((viewer, index) => SwipeAsync(viewer, new Random(index), cancellationToken)));
        await File.WriteAllTextAsync(DonePath, "", cancellationToken);
        report($"demo: {swipes.Sum()} simulated swipes are in the log");
    }

    /// <returns>Swipes made.</returns>
    private async Task<int> SwipeAsync(DemoViewer viewer, Random random, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = options.Api, Timeout = TimeSpan.FromSeconds(30) };
        var api = new DemoApi(http, time);
        await api.SignInAsync(viewer.Account, cancellationToken);
        if (viewer.TakesQuiz) await api.ChooseInterestsAsync(viewer.Tastes, cancellationToken);

        var swipes = 0;
        for (var session = 1; session <= Sessions; session++)
        {
            string? cursor = null;
            do
            {
                var page = await api.FeedAsync(PageSize, cursor, cancellationToken);
                foreach (var video in page.Items.Take(SwipesEach - swipes))
                {
                    await WatchAsync(api, viewer, video, $"{viewer.Account.Username}-{session}", random, cancellationToken);
                    swipes++;
                    await Task.Delay(Pause, time, cancellationToken);
                }
                cursor = page.Items.Count > 0 && swipes < SwipesEach ? page.NextCursor : null;
            }
            while (cursor is not null);
        }
        return swipes;
    }

    private static async Task WatchAsync(DemoApi api, DemoViewer viewer, DemoVideo video, string session, Random random, CancellationToken cancellationToken)
    {
        var reaction = DemoReaction.Of(viewer, video, random);
        await api.WatchAsync(video, reaction.WatchedMs, session, cancellationToken);
        if (reaction.Likes) await api.LikeAsync(video.Id, cancellationToken);
        if (reaction.Follows) await api.FollowAsync(video.UserId, cancellationToken);
    }
}

/// <param name="Tastes">Hashtags.</param>
/// <param name="TakesQuiz">Whether they name their tastes when joining.</param>
internal sealed record DemoViewer(DemoAccount Account, IReadOnlyList<string> Tastes, bool TakesQuiz);

/// <summary>What a simulated viewer does with a video: watches what they are fond of to the end, and leaves half of the rest within two seconds.</summary>
internal readonly record struct DemoReaction(long WatchedMs, bool Likes, bool Follows)
{
    public static DemoReaction Of(DemoViewer viewer, DemoVideo video, Random random)
    {
        if (video.Hashtags.Any(tag => viewer.Tastes.Contains(tag, StringComparer.Ordinal)))
            return new DemoReaction((long)(video.DurationMs * (0.8 + (0.4 * random.NextDouble()))), random.NextDouble() < 0.4, random.NextDouble() < 0.1);
        var watched = random.NextDouble() < 0.5 ? 400 + random.Next(1_500) : (long)(video.DurationMs * (0.2 + (0.5 * random.NextDouble())));
        return new DemoReaction(Math.Min(watched, video.DurationMs), random.NextDouble() < 0.02, Follows: false);
    }
}
