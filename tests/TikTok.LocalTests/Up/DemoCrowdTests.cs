using System.Globalization;
using TikTok.Local.Up;
using TikTok.Local.Up.Demo;
using TikTok.LocalTests.Functions;
using TikTok.LocalTests.Social;

namespace TikTok.LocalTests.Up;

/// <summary>The demo's simulated viewers, over the API.</summary>
[Collection(nameof(ProductService))]
public sealed class DemoCrowdTests(ProductService service) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-crowd-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Simulated_viewers_swipe_through_the_feed_and_not_a_second_time()
    {
        var creator = await service.Http.RegisterAsync();
        await ReadyVideo.AddAsync(service, creator.UserId, video => video with { Hashtags = ["life"] });
        var reports = new List<string>();
        using var data = DataDirectory.Open(Path.Combine(_directory.FullName, "data"));
        var options = new UpOptions { Root = _directory.FullName, Data = data.Path, Port = service.Http.BaseAddress!.Port };

        // The ranker hears of the video within seconds; viewers who found nothing to see would be another story.
        await Eventually.TrueAsync(async () =>
        {
            File.Delete(Path.Combine(data.Demo, "crowd-done"));
            return await SwipesAsync(options, data, reports) > 0;
        });
        var swiped = reports.Count;
        await SwipesAsync(options, data, reports);

        Assert.Matches("demo: [1-9][0-9]* simulated swipes are in the log", reports[^1]);
        Assert.Equal(swiped, reports.Count);
    }

    private static async Task<int> SwipesAsync(UpOptions options, DataDirectory data, List<string> reports)
    {
        await new DemoCrowd(options, data, reports.Add, TimeProvider.System).SwipeAsync(CancellationToken.None);
        return int.Parse(reports[^1].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
