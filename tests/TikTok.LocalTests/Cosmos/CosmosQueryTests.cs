using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Linq;

namespace TikTok.LocalTests.Cosmos;

/// <summary>
/// Queries through the official client, which plans cross-partition queries with the emulator's gateway, sends the rewritten query
/// and merges the results itself; with optimistic direct execution it sends the query as it is.
/// </summary>
public sealed class CosmosQueryTests(CosmosProcess cosmos) : IClassFixture<CosmosProcess>
{
    private const int Clips = 60;

    private static readonly string[] Kinds = ["cat", "dog", "owl"];

    private sealed record Clip(string Id, string Owner, string Kind, int Views, double? Score, string[] Tags, Step[] Steps);

    private sealed record Step(string Name, int Took);

    private sealed record Group(string Kind, int Count, int Total, double Mean, int Least, int Most);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_by_over_all_partitions_gives_every_document_once_in_order(bool direct)
    {
        var (container, clips) = await FillAsync();
        foreach (var pageSize in new[] { 7, 1000 })
        {
            var ascending = await ReadAsync<Clip>(container, "SELECT * FROM c ORDER BY c.kind, c.views DESC", direct, pageSize);
            var expected = clips.OrderBy(clip => clip.Kind, StringComparer.Ordinal).ThenByDescending(clip => clip.Views);
            Assert.Equal(expected.Select(clip => (clip.Kind, clip.Views)), ascending.Select(clip => (clip.Kind, clip.Views)));
            Assert.Equal(Clips, ascending.DistinctBy(clip => clip.Id).Count());
        }
    }

    [Theory]
    [InlineData("SELECT * FROM c ORDER BY c.kind", 7)]
    [InlineData("SELECT * FROM c ORDER BY c.kind DESC", 1)]
    [InlineData("SELECT * FROM c ORDER BY c.score", 4)]
    [InlineData("SELECT * FROM c ORDER BY c.score DESC", 9)]
    [InlineData("SELECT * FROM c ORDER BY c.kind ASC, c.score DESC", 5)]
    [InlineData("SELECT * FROM c WHERE c.views > 20", 6)]
    [InlineData("SELECT TOP 33 * FROM c ORDER BY c.views", 8)]
    [InlineData("SELECT * FROM c ORDER BY c.views OFFSET 5 LIMIT 31", 8)]
    public async Task Continuation_tokens_page_by_page_give_the_same_as_one_reading(string query, int pageSize)
    {
        var (container, _) = await FillAsync();
        foreach (var direct in new[] { false, true })
        {
            var whole = (await ReadAsync<Clip>(container, query, direct, 1000)).ConvertAll(clip => clip.Id);
            var paged = new List<string>();
            string? continuation = null;
            do
            {
                // A new iterator for every page, as a stateless API does.
                using var feed = container.GetItemQueryIterator<Clip>(query, continuation, Options(direct, pageSize));
                var page = await feed.ReadNextAsync();
                paged.AddRange(page.Select(clip => clip.Id));
                continuation = page.ContinuationToken;
            }
            while (continuation is not null);
            Assert.Equal(whole, paged);
            Assert.Equal(whole.Count, paged.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_continuation_token_taken_in_the_midst_survives_the_loss_of_the_emulators_memory()
    {
        await using var own = await CosmosProcess.StartAsync();
        var (container, clips) = await FillAsync(own);
        var paged = new List<string>();
        string? continuation = null;
        for (var run = 0; run < 4; run++)
        {
            using var feed = container.GetItemQueryIterator<Clip>("SELECT * FROM c ORDER BY c.kind", continuation, Options(false, 6));
            for (var read = 0; feed.HasMoreResults && (read < 3 || run == 3); read++)
            {
                var page = await feed.ReadNextAsync();
                paged.AddRange(page.Select(clip => clip.Id));
                continuation = page.ContinuationToken;
            }

            await own.RestartAsync();
        }

        Assert.Equal(Clips, paged.Count);
        Assert.Equal(clips.Select(clip => clip.Id).Order(StringComparer.Ordinal), paged.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aggregates_over_all_partitions(bool direct)
    {
        var (container, clips) = await FillAsync();
        Assert.Equal([Clips], await ReadAsync<int>(container, "SELECT VALUE COUNT(1) FROM c", direct));
        Assert.Equal([clips.Sum(clip => clip.Views)], await ReadAsync<int>(container, "SELECT VALUE SUM(c.views) FROM c", direct));
        Assert.Equal([clips.Min(clip => clip.Views)], await ReadAsync<int>(container, "SELECT VALUE MIN(c.views) FROM c", direct));
        Assert.Equal([clips.Max(clip => clip.Id)!], await ReadAsync<string>(container, "SELECT VALUE MAX(c.id) FROM c", direct));
        var mean = Assert.Single(await ReadAsync<double>(container, "SELECT VALUE AVG(c.views) FROM c WHERE c.kind = 'cat'", direct));
        Assert.Equal(clips.Where(clip => clip.Kind == "cat").Average(clip => clip.Views), mean, 9);
        Assert.Empty(await ReadAsync<double>(container, "SELECT VALUE MAX(c.views) FROM c WHERE c.kind = 'none'", direct));
        Assert.Equal([0], await ReadAsync<int>(container, "SELECT VALUE COUNT(1) FROM c WHERE c.kind = 'none'", direct));
        var row = Assert.Single(await ReadAsync<JsonElement>(container, "SELECT COUNT(1) AS n, MAX(c.views) AS most FROM c", direct));
        Assert.Equal((Clips, clips.Max(clip => clip.Views)), (row.GetProperty("n").GetInt32(), row.GetProperty("most").GetInt32()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Group_by_over_all_partitions(bool direct)
    {
        var (container, clips) = await FillAsync();
        var groups = await ReadAsync<Group>(container, """
            SELECT c.kind, COUNT(1) AS count, SUM(c.views) AS total, AVG(c.views) AS mean, MIN(c.views) AS least, MAX(c.views) AS most
            FROM c GROUP BY c.kind
            """, direct);
        var expected = clips.GroupBy(clip => clip.Kind, StringComparer.Ordinal).Select(group => new Group(
            group.Key, group.Count(), group.Sum(clip => clip.Views), group.Average(clip => clip.Views), group.Min(clip => clip.Views), group.Max(clip => clip.Views)));
        Assert.Equal(expected.OrderBy(group => group.Kind), groups.OrderBy(group => group.Kind));
        Assert.Equal([20, 20, 20], await ReadAsync<int>(container, "SELECT VALUE COUNT(1) FROM c GROUP BY c.kind", direct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Distinct_over_all_partitions(bool direct)
    {
        var (container, _) = await FillAsync();
        Assert.Equal(Kinds, (await ReadAsync<string>(container, "SELECT DISTINCT VALUE c.kind FROM c", direct)).Order(StringComparer.Ordinal));
        Assert.Equal(Kinds.Reverse(), await ReadAsync<string>(container, "SELECT DISTINCT VALUE c.kind FROM c ORDER BY c.kind DESC", direct, 2));
        Assert.Equal(6, (await ReadAsync<JsonElement>(container, "SELECT DISTINCT c.kind, c.owner FROM c WHERE c.owner IN ('o0', 'o1')", direct)).Count);
        Assert.Equal([3], await ReadAsync<int>(container, "SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.kind FROM c) k", direct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Joins_projections_and_functions(bool direct)
    {
        var (container, clips) = await FillAsync();
        var slow = await ReadAsync<string>(container, "SELECT VALUE CONCAT(c.id, ':', s.name) FROM c JOIN s IN c.steps WHERE s.took > 50", direct, 3);
        Assert.Equal(
            clips.SelectMany(clip => clip.Steps.Where(step => step.Took > 50).Select(step => $"{clip.Id}:{step.Name}")).Order(StringComparer.Ordinal),
            slow.Order(StringComparer.Ordinal));
        var joined = await ReadAsync<JsonElement>(container, "SELECT c.id, t AS tag FROM c JOIN t IN c.tags ORDER BY c.views", direct, 5);
        Assert.Equal(
            clips.OrderBy(clip => clip.Views).SelectMany(clip => clip.Tags.Select(tag => $"{clip.Id}{tag}")),
            joined.Select(row => row.GetProperty("id").GetString() + row.GetProperty("tag").GetString()));
        var tagged = await ReadAsync<string>(
            container, "SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(c.tags, 'even') AND STARTSWITH(c.owner, 'O', true)", direct);
        Assert.Equal(Clips / 2, tagged.Count);
        var deep = await ReadAsync<string>(container, "SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE s FROM s IN c.steps WHERE s.name = 'probe' AND s.took = 59)", direct);
        Assert.Equal(["clip-59"], deep);
    }

    [Fact]
    public async Task Parameters_and_one_partition()
    {
        var (container, clips) = await FillAsync();
        var query = new QueryDefinition("SELECT TOP @top c.id, c.views FROM c WHERE c.kind IN (@a, @b) AND c.views >= @least ORDER BY c.views DESC")
            .WithParameter("@top", 3).WithParameter("@a", "cat").WithParameter("@b", "owl").WithParameter("@least", 4);
        using var feed = container.GetItemQueryIterator<Clip>(query, null, new QueryRequestOptions { PartitionKey = new PartitionKey("o1") });
        var expected = clips.Where(clip => clip.Owner == "o1" && clip.Kind != "dog" && clip.Views >= 4).OrderByDescending(clip => clip.Views).Take(3);
        Assert.Equal(expected.Select(clip => clip.Id), (await feed.ReadAllAsync()).Select(clip => clip.Id));
        var one = await ReadAsync<int>(container, "SELECT VALUE COUNT(1) FROM c", false, 100, new PartitionKey("o1"));
        Assert.Equal([clips.Count(clip => clip.Owner == "o1")], one);
    }

    [Fact]
    public async Task Linq_becomes_queries()
    {
        var (container, clips) = await FillAsync();
        var clipsByLinq = container.GetItemLinqQueryable<Clip>()
            .Where(clip => clip.Kind == "cat" && clip.Tags.Contains("even") && clip.Views > 3 && clip.Score != null)
            .OrderByDescending(clip => clip.Views)
            .Select(clip => new { clip.Id, Double = clip.Views * 2 })
            .Take(4);
        using var feed = clipsByLinq.ToFeedIterator();
        var expected = clips.Where(clip => clip.Kind == "cat" && clip.Tags.Contains("even") && clip.Views > 3 && clip.Score != null)
            .OrderByDescending(clip => clip.Views).Take(4).Select(clip => clip.Id);
        Assert.Equal(expected, (await feed.ReadAllAsync()).Select(row => row.Id));
        Assert.Equal(Clips / 3, (await container.GetItemLinqQueryable<Clip>().Where(clip => clip.Kind == "dog").CountAsync()).Resource);
    }

    [Fact]
    public async Task Read_many_finds_items_of_several_partitions()
    {
        var (container, clips) = await FillAsync();
        var wanted = clips.Where((_, index) => index % 7 == 0).ToList();
        var keys = wanted.ConvertAll(clip => (clip.Id, new PartitionKey(clip.Owner)));
        keys.Add(("absent", new PartitionKey("o1")));
        var found = await container.ReadManyItemsAsync<Clip>(keys);
        Assert.Equal(wanted.Select(clip => clip.Id).Order(StringComparer.Ordinal), found.Select(clip => clip.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_refused_query_is_400_in_the_words_of_the_service()
    {
        var (container, _) = await FillAsync();
        var syntax = await CosmosAssert.FailsAsync(HttpStatusCode.BadRequest, () => ReadAsync<Clip>(container, "SELECT * FORM c", false));
        Assert.Contains("SC1001", syntax.Message, StringComparison.Ordinal);
        var function = await CosmosAssert.FailsAsync(HttpStatusCode.BadRequest, () => ReadAsync<Clip>(container, "SELECT BAD(c.x) FROM c", true));
        Assert.Contains("'BAD' is not a recognized built-in function name.", function.Message, StringComparison.Ordinal);
    }

    private static Task<List<T>> ReadAsync<T>(Container container, string query, bool direct, int pageSize = 100, PartitionKey? partition = null)
    {
        var options = Options(direct, pageSize);
        options.PartitionKey = partition;
        return ReadToEndAsync(container.GetItemQueryIterator<T>(query, null, options));
    }

    private static async Task<List<T>> ReadToEndAsync<T>(FeedIterator<T> feed)
    {
        using (feed)
        {
            return await feed.ReadAllAsync();
        }
    }

    private static QueryRequestOptions Options(bool direct, int pageSize) => new() { EnableOptimisticDirectExecution = direct, MaxItemCount = pageSize };

    private Task<(Container Container, List<Clip> Clips)> FillAsync() => FillAsync(cosmos);

    /// <summary>Sixty clips of eleven owners and three kinds; every fifth has no score, views are all different.</summary>
    private static async Task<(Container Container, List<Clip> Clips)> FillAsync(CosmosProcess process)
    {
        var container = await process.CreateContainerAsync("/owner");
        var clips = Enumerable.Range(0, Clips).Select(number => new Clip(
            $"clip-{number:00}",
            $"o{number * 5 % 11}",
            Kinds[number % 3],
            number * 37 % 61,
            number % 5 == 0 ? null : number % 4 / 2.0,
            number % 2 == 0 ? ["even", "all"] : ["all"],
            [new Step("probe", number), new Step("cut", 100 - number)])).ToList();
        await Task.WhenAll(clips.Select(clip => container.CreateItemAsync(clip, new PartitionKey(clip.Owner))));
        return (container, clips);
    }
}
