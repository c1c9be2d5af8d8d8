using Microsoft.AspNetCore.Http;
using TikTok.Functions.Platform;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Crashes;

/// <summary>
/// The process dies before and after every write and every send of every function, and comes back: what was delivered is delivered again, twice and out of order; a
/// client repeats its request, or gives up. In the end the stores hold what they would have held without: docs/decisions/046.
/// </summary>
[Collection(nameof(CrashWorld))]
public sealed class CrashMatrixTests(CrashWorld world, CrashMatrixCount count, ITestOutputHelper output) : IClassFixture<CrashMatrixCount>
{
    private const int MostWaits = 5;

    /// <summary>Longer than anything in the product waits before it looks after what others may have left.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(12);

    public static TheoryData<string> Stories => [.. CrashStories.All.Select(story => story.ToString())];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_death_anywhere_changes_nothing_in_the_end(string name)
    {
        var story = CrashStories.All.Single(s => s.ToString() == name);
        var (expected, writes) = await UndisturbedAsync(story);
        var untouched = story.IsRequest ? await RunAsync(story, (_, _) => Task.CompletedTask) : expected;
        var wrong = new List<string>();
        var cells = 0;
        foreach (var point in Enumerable.Range(0, writes.Count).SelectMany(n => new[] { new FaultPoint(n, false), new FaultPoint(n, true) }))
        {
            foreach (var repeats in story switch { { IsRequest: false } => [true], { MayRepeat: false } => new[] { false }, _ => [true, false] })
            {
                var mayBeUntouched = !repeats;
                var end = await RunAsync(story, async (stage, act) =>
                {
                    Assert.True(await DieAsync(act, point), $"It did not come {point}; last answer: {stage.LastAnswer}.");
                    if (repeats) await RedeliverAsync(stage, act);
                    else await DeliverNeighboursAsync(stage);

                    // A client that is told no knows that it is not done.
                    mayBeUntouched |= stage.LastAnswer.StartsWith('4');
                });
                cells++;
                if (end.SequenceEqual(expected, StringComparer.Ordinal) || (mayBeUntouched && end.SequenceEqual(untouched, StringComparer.Ordinal))) continue;
                wrong.Add($"{point} ({writes[point.Number]}), {(repeats ? "repeated" : "given up")}:\n{Difference(expected, end)}");
            }
        }

        count.Add(writes.Count * 2, cells);
        output.WriteLine($"{name}: {writes.Count} writes and sends, {cells} deaths");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cells}:\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task Deliveries_repeated_and_out_of_order_end_the_same(string name)
    {
        var story = CrashStories.All.Single(s => s.ToString() == name);
        if (!story.MayRepeat) return;
        var (expected, _) = await UndisturbedAsync(story);

        var end = await RunAsync(story, async (stage, act) =>
        {
            await DeliverNeighboursAsync(stage);
            await act(world.Survivor);
            await RedeliverAsync(stage, act);
        });

        Assert.True(end.SequenceEqual(expected, StringComparer.Ordinal), Difference(expected, end));
    }

    [Fact]
    public void Every_trigger_and_every_route_that_writes_is_in_the_matrix()
    {
        var told = CrashStories.All.Select(s => s.Function).ToHashSet(StringComparer.Ordinal);
        var routes = new FunctionCatalog(typeof(FunctionCatalog).Assembly).All.Where(f => f.Methods.Any(method => !HttpMethods.IsGet(method))).Select(f => f.Name);

        Assert.Equal([], CrashWorld.Triggers.Select(t => t.Name).Concat(routes).Except(told, StringComparer.Ordinal));
    }

    private async Task<(IReadOnlyList<string> End, IReadOnlyList<string> Writes)> UndisturbedAsync(CrashStory story)
    {
        var life = new Incarnation();
        var end = await RunAsync(story, async (stage, act) =>
        {
            await LiveAsync(life, act);
            if (story.IsRequest) Assert.StartsWith("2", stage.LastAnswer, StringComparison.Ordinal);
            await DeliverNeighboursAsync(stage);
        });
        return (end, life.Writes);
    }

    /// <summary>The story from its beginning to where nothing happens by itself any more.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(CrashStory story, Func<Stage, Func<ProductProgram, Task>, Task> middle)
    {
        await world.ClearAsync();
        var stage = new Stage(world);
        var act = await story.BeginAsync(stage);
        await middle(stage, act);
        await world.DrainAsync();
        for (var waits = 0; waits < MostWaits && await world.LaterAsync(Wait); waits++)
        {
        }
        return await world.SnapshotAsync(new StateText(stage.Names, story.Leaves));
    }

    /// <returns>Whether it came so far as to die.</returns>
    private async Task<bool> DieAsync(Func<ProductProgram, Task> act, FaultPoint point)
    {
        var life = new Incarnation(point);
        try
        {
            await LiveAsync(life, act);
        }
        catch (Exception) when (life.IsDead)
        {
            // Nobody is there to hear of it.
        }
        return life.IsDead;
    }

    private async Task LiveAsync(Incarnation life, Func<ProductProgram, Task> act)
    {
        await using var program = world.NewProgram();
        Incarnation.Current = life;
        await act(program);
    }

    /// <summary>Its neighbours overtake it, it comes twice, and they come again.</summary>
    private async Task RedeliverAsync(Stage stage, Func<ProductProgram, Task> act)
    {
        foreach (var neighbour in Enumerable.Reverse(stage.Neighbours)) await neighbour(world.Survivor);
        await act(world.Survivor);
        await act(world.Survivor);
        await DeliverNeighboursAsync(stage);
    }

    private async Task DeliverNeighboursAsync(Stage stage)
    {
        foreach (var neighbour in stage.Neighbours) await neighbour(world.Survivor);
    }

    private static string Difference(IReadOnlyList<string> expected, IReadOnlyList<string> end) => string.Join(
        '\n', expected.Except(end, StringComparer.Ordinal).Select(line => $"  missing {line}").Concat(end.Except(expected, StringComparer.Ordinal).Select(line => $"  added   {line}"))
            .DefaultIfEmpty($"  {expected.Count} documents and blobs were to be, {end.Count} are"));
}

[CollectionDefinition(nameof(CrashWorld))]
public sealed class CrashWorldCollection : ICollectionFixture<CrashWorld>;

/// <summary>How much the matrix held.</summary>
public sealed class CrashMatrixCount : IDisposable
{
    private int _points;
    private int _deaths;
    private int _stories;

    public void Add(int points, int deaths)
    {
        _points += points;
        _deaths += deaths;
        _stories++;
    }

    public void Dispose() => Console.WriteLine($"Crash matrix: {_stories} stories, {_points} fault points, {_deaths} deaths");
}
