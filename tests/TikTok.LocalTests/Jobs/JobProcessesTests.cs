using System.Collections.Concurrent;
using TikTok.Local.Jobs;
using TikTok.Local.Up.Supervision;
using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Jobs;

public sealed class JobProcessesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tiktok-jobs-");
    private readonly ProcessGuardian _guardian = new();
    private readonly ConcurrentQueue<string> _printed = new();

    public void Dispose()
    {
        _guardian.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_execution_knows_its_queue_and_job_and_its_output_is_passed_on()
    {
        var job = Job("echo \"$@ $CONTAINER_APP_JOB_NAME $CONTAINER_APP_JOB_EXECUTION_NAME\"; echo oops >&2; exit 3");

        Assert.Equal(3, await RunAsync(job, default));

        Assert.Contains("work-1: --queue work work work-1", _printed);
        Assert.Contains("work-1: oops", _printed);
    }

    [Fact]
    public async Task An_execution_that_takes_too_long_is_ended_with_all_that_it_started()
    {
        var job = Job($"trap '' TERM; sleep 1000 & echo $! > {_folder.FullName}/child; wait; wait") with { ReplicaTimeout = TimeSpan.FromSeconds(1) };

        Assert.Null(await RunAsync(job, default));

        AssertGone();
    }

    [Fact]
    public async Task A_stopping_runner_ends_its_executions()
    {
        using var stop = new CancellationTokenSource();
        var running = RunAsync(Job($"sleep 1000 & echo $! > {_folder.FullName}/child; wait"), stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists($"{_folder.FullName}/child")));

        await stop.CancelAsync();

        Assert.Null(await running);
        AssertGone();
    }

    private Task<int?> RunAsync(JobDefinition job, CancellationToken stopping) =>
        new JobProcesses(_guardian, TimeProvider.System, _printed.Enqueue).RunAsync(job, "work-1", stopping);

    private JobDefinition Job(string script)
    {
        var path = Path.Combine(_folder.FullName, "job");
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new JobDefinition("work", path, MaxExecutions: 1, TimeSpan.FromMinutes(1));
    }

    private void AssertGone()
    {
        var id = File.ReadAllText(Path.Combine(_folder.FullName, "child")).Trim();
        var stat = $"/proc/{id}/stat";
        Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Contains(" Z ", StringComparison.Ordinal), $"{id} lives on.");
    }
}
