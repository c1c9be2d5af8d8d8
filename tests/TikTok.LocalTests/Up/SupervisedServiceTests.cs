using System.Globalization;
using TikTok.Local.Up.Supervision;

namespace TikTok.LocalTests.Up;

/// <summary>The supervisor over small shell scripts, with real processes and signals.</summary>
public sealed class SupervisedServiceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-supervised-");
    private readonly ProcessGuardian _guardian = new();

    public void Dispose()
    {
        _guardian.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task StartAsync_answers_once_the_ready_line_is_there()
    {
        await using var service = Create("echo warming up; echo toy listening on here; exec sleep 100");

        await service.StartAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(ServiceState.Running, service.Snapshot.State);
    }

    [Fact]
    public async Task A_service_that_is_killed_starts_again_and_the_restart_is_counted()
    {
        await using var service = Create("echo toy listening on here; exec sleep 100");
        await service.StartAsync(CancellationToken.None).WaitAsync(Patience);
        var first = service.Snapshot.ProcessId!.Value;

        await SendAsync("KILL", first);

        await UntilAsync(() => service.Snapshot is { State: ServiceState.Running, Restarts: 1 } now && now.ProcessId != first);
        Assert.Contains("signal 9", service.Snapshot.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_dead_service_had_started_is_gone_before_it_starts_again()
    {
        await using var service = Create("echo toy listening on here; sleep 100 & echo $! >> children; wait");
        await service.StartAsync(CancellationToken.None).WaitAsync(Patience);
        await UntilAsync(() => Numbers("children").Count == 1);

        await SendAsync("KILL", service.Snapshot.ProcessId!.Value);

        await UntilAsync(() => Numbers("children").Count == 2);
        Assert.False(IsAlive(Numbers("children")[0]));
    }

    [Fact]
    public async Task StopAsync_lets_a_service_drain()
    {
        await using var service = Create("trap 'echo drained > drained; exit 0' TERM; echo toy listening on here; while :; do sleep 0.05; done");
        await service.StartAsync(CancellationToken.None).WaitAsync(Patience);

        await service.StopAsync().WaitAsync(Patience);

        Assert.True(File.Exists(Path.Combine(_directory.FullName, "drained")));
        Assert.Equal(ServiceState.Stopped, service.Snapshot.State);
    }

    [Fact]
    public async Task StopAsync_kills_what_does_not_drain_within_its_grace()
    {
        await using var service = Create("trap '' TERM; echo toy listening on here; echo $$ > pid; while :; do sleep 0.05; done", grace: TimeSpan.FromMilliseconds(200));
        await service.StartAsync(CancellationToken.None).WaitAsync(Patience);
        await UntilAsync(() => Numbers("pid").Count == 1);

        await service.StopAsync().WaitAsync(Patience);

        Assert.False(IsAlive(Numbers("pid")[0]));
    }

    [Fact]
    public async Task StartAsync_gives_up_on_a_service_that_dies_every_time_and_tells_why()
    {
        await using var service = Create("echo 'no such disk' >&2; exit 3");

        var failure = await Assert.ThrowsAsync<ServiceStartException>(() => service.StartAsync(CancellationToken.None).WaitAsync(Patience));

        Assert.Contains("code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no such disk", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_printed_is_in_the_log()
    {
        await using (var service = Create("echo to the log; echo toy listening on here; exec sleep 100"))
        {
            await service.StartAsync(CancellationToken.None).WaitAsync(Patience);
        }

        Assert.Contains("to the log", await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "toy.log")), StringComparison.Ordinal);
    }

    private SupervisedService Create(string script, TimeSpan? grace = null) => new(
        new ServiceDefinition
        {
            Name = "toy",
            FileName = "/bin/bash",
            Arguments = ["-c", script],
            WorkingDirectory = _directory.FullName,
            ReadyMark = "toy listening on ",
            StopGrace = grace ?? TimeSpan.FromSeconds(5),
        },
        _guardian, new RotatingLog(Path.Combine(_directory.FullName, "toy.log")), TimeProvider.System, _ => { });

    private List<int> Numbers(string file)
    {
        var path = Path.Combine(_directory.FullName, file);
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))]
            : [];
    }

    private static bool IsAlive(int processId) => ProcessTree.Read().OwnUsage(processId) is { ResidentBytes: > 0 };

    private static async Task SendAsync(string signal, int processId)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", $"{processId}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(20, patience.Token);
    }
}
