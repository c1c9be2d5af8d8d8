using System.Diagnostics;
using System.Net;
using TikTok.Local.Up.Supervision;
using TikTok.Tests.Shared;

namespace TikTok.LocalTests.Up;

/// <summary>The whole service as <c>local/up</c> runs it. One at a time: each takes a machine's worth of processes.</summary>
[Collection(nameof(WholeServiceTests))]
[CollectionDefinition(nameof(WholeServiceTests), DisableParallelization = true)]
public sealed class WholeServiceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-whole-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_printed_walk_goes_through_upload_processing_feed_counts_and_deletion()
    {
        await using var up = await StartAsync();

        var start = new ProcessStartInfo("bash", [Path.Combine(up.Data, "walk.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var walk = Process.Start(start)!;
        var output = walk.StandardOutput.ReadToEndAsync();
        var errors = walk.StandardError.ReadToEndAsync();
        await walk.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));

        Assert.True(walk.ExitCode == 0, $"{await output}\n{await errors}\n{up.Output}");
        Assert.Contains("walk: all well", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_ends_every_process_within_ten_seconds()
    {
        await using var up = await StartAsync();
        var processes = Below(up.ProcessId);
        var started = TimeProvider.System.GetTimestamp();

        var code = await up.StopAsync(CancellationToken.None);

        Assert.Equal(0, code);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(processes, IsAlive);
    }

    [Fact]
    public async Task SIGKILL_to_the_supervisor_leaves_no_orphan_and_a_second_start_finds_everything()
    {
        await using (var up = await StartAsync())
        {
            var processes = Below(up.ProcessId);
            Assert.InRange(processes.Count, 8, 50);
            using var kill = Process.Start("kill", ["-KILL", $"{up.ProcessId}"]);
            await kill.WaitForExitAsync();

            await UntilAsync(() => Task.FromResult(!processes.Exists(IsAlive)));
        }

        await using var again = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await HealthAsync(again));
    }

    [Fact]
    public async Task A_part_that_is_killed_comes_back_and_the_service_is_healthy_again()
    {
        await using var up = await StartAsync();
        foreach (var part in (string[])["cosmos", "storage", "eventhubs", "functions", "ranker", "trainer"])
        {
            var before = ProcessOf(up, part);
            using var kill = Process.Start("kill", ["-KILL", $"{before}"]);
            await kill.WaitForExitAsync();

            await UntilAsync(async () => ProcessOf(up, part) is { } now && now != before && await HealthAsync(up) == HttpStatusCode.OK);
        }
        Assert.Contains("cosmos was ended by signal 9", up.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_supervisor_over_the_same_data_is_refused()
    {
        await using var up = await StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);

        Assert.Contains("in use by another local/up", refused.Message, StringComparison.Ordinal);
    }

    private Task<UpProcess> StartAsync() =>
        UpProcess.StartAsync(RepositoryRoot(), Path.Combine(_directory.FullName, "data"), ["--no-demo"], TimeProvider.System, CancellationToken.None);

    private static async Task<HttpStatusCode?> HealthAsync(UpProcess up)
    {
        using var http = new HttpClient { BaseAddress = up.Api, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(new Uri("health", UriKind.Relative));
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    private static List<int> Below(int processId) => [.. ProcessTree.Read().Usage(processId)!.ProcessIds];

    private static bool IsAlive(int processId) => ProcessTree.Read().OwnUsage(processId) is { ResidentBytes: > 0 };

    /// <summary>The process that is a part: a subcommand of TikTok.Local, or a role of the ranker.</summary>
    private static int? ProcessOf(UpProcess up, string part) => Below(up.ProcessId).Select(id => (int?)id).FirstOrDefault(id =>
    {
        try
        {
            var words = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return part == (Path.GetFileName(words[0]) switch
            {
                "TikTok.Local" => words[1],
                "TikTok.Ranker" => words[1] == "train" ? "trainer" : "ranker",
                _ => null,
            });
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(50, patience.Token);
    }

    private static string RepositoryRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "TikTok.sln"))) return directory.FullName;
        }
        throw new DirectoryNotFoundException("TikTok.sln");
    }
}
