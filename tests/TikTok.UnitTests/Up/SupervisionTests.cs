using TikTok.Local.Up.Supervision;

namespace TikTok.UnitTests.Up;

public sealed class RestartBackoffTests
{
    [Fact]
    public void Next_doubles_up_to_the_longest_while_the_service_keeps_dying()
    {
        var backoff = new RestartBackoff();

        var delays = Enumerable.Range(0, 8).Select(_ => backoff.Next(TimeSpan.Zero).TotalSeconds);

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10], delays.Select(seconds => Math.Round(seconds, 3)));
    }

    [Fact]
    public void Next_begins_again_after_a_time_of_health()
    {
        var backoff = new RestartBackoff();
        for (var i = 0; i < 5; i++) backoff.Next(TimeSpan.Zero);

        Assert.Equal(RestartBackoff.First, backoff.Next(RestartBackoff.Health));
    }
}

public sealed class ErrorLinesTests
{
    [Theory]
    [InlineData("fail: TikTok.Functions[0]")]
    [InlineData("  Unhandled exception. System.IO.IOException")]
    [InlineData("Error: listen EADDRINUSE")]
    [InlineData("crit: Microsoft.AspNetCore.Server.Kestrel[0]")]
    public void IsError_tells_a_line_that_reports_one(string line) => Assert.True(ErrorLines.IsError(line));

    [Theory]
    [InlineData("info: no error here")]
    [InlineData("cosmos listening on https://127.0.0.1:1")]
    [InlineData("")]
    public void IsError_leaves_others_alone(string line) => Assert.False(ErrorLines.IsError(line));
}

public sealed class ProcessTreeTests
{
    // pid (command) state ppid … utime is field 14, stime 15, rss (pages) 24, by proc(5).
    private static string Stat(int id, int parent, int user, int system, int pages, string command = "x") =>
        $"{id} ({command}) S {parent} 1 1 0 -1 0 0 0 0 0 {user} {system} 0 0 20 0 1 0 100 1000000 {pages} 0 0";

    [Fact]
    public void Usage_sums_a_process_and_all_below_it()
    {
        var tree = ProcessTree.Of(Stat(10, 1, 100, 50, 1), Stat(11, 10, 20, 0, 2), Stat(12, 11, 0, 30, 4), Stat(99, 1, 1000, 1000, 1000));

        var usage = tree.Usage(10)!;

        Assert.Equal(TimeSpan.FromSeconds(2), usage.CpuTime);
        Assert.Equal(7 * Environment.SystemPageSize, usage.ResidentBytes);
        Assert.Equal([10, 11, 12], usage.ProcessIds.Order());
    }

    [Fact]
    public void Usage_reads_a_command_with_spaces_and_parentheses() =>
        Assert.Equal(TimeSpan.FromSeconds(1), ProcessTree.Of(Stat(10, 1, 60, 40, 1, "a) (b c")).Usage(10)!.CpuTime);

    [Fact]
    public void Usage_of_nobody_is_null() => Assert.Null(ProcessTree.Of(Stat(10, 1, 0, 0, 1)).Usage(11));

    [Fact]
    public void Read_finds_this_very_process_with_memory_of_its_own()
    {
        var usage = ProcessTree.Read().OwnUsage(Environment.ProcessId)!;

        Assert.InRange(usage.ResidentBytes, 1_000_000, long.MaxValue);
        Assert.InRange(ProcessTree.ProportionalBytes(Environment.ProcessId), 1_000_000, long.MaxValue);
    }
}

public sealed class RotatingLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-log-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void WriteLine_renames_full_files_and_drops_the_oldest()
    {
        var path = Path.Combine(_directory.FullName, "a.log");
        using (var log = new RotatingLog(path, maxBytes: 10, kept: 2))
        {
            foreach (var line in (string[])["11111111", "22222222", "33333333", "44444444"]) log.WriteLine(line);
        }

        Assert.Equal("44444444\n", File.ReadAllText(path));
        Assert.Equal("33333333\n", File.ReadAllText(path + ".1"));
        Assert.Equal("22222222\n", File.ReadAllText(path + ".2"));
        Assert.False(File.Exists(path + ".3"));
    }

    [Fact]
    public void WriteLine_goes_on_in_the_file_of_the_run_before()
    {
        var path = Path.Combine(_directory.FullName, "a.log");
        using (var first = new RotatingLog(path)) first.WriteLine("one");
        using (var second = new RotatingLog(path)) second.WriteLine("two");

        Assert.Equal("one\ntwo\n", File.ReadAllText(path));
    }
}
