using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Jobs;

/// <summary>Starts an execution and says how it ended.</summary>
/// <returns>The exit code; null when it was ended from outside.</returns>
internal delegate Task<int?> StartExecution(JobDefinition job, string execution, CancellationToken stopping);

/// <summary>
/// Executions as processes of their own, each the leader of a group: what it starts itself ends with it, and all of them end with the runner, even one
/// that is killed.
/// </summary>
internal sealed class JobProcesses(ProcessGuardian guardian, TimeProvider time, Action<string> print)
{
    /// <summary>From SIGTERM to SIGKILL.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    public async Task<int?> RunAsync(JobDefinition job, string execution, CancellationToken stopping)
    {
        var definition = new ServiceDefinition
        {
            Name = execution,
            FileName = job.Program,
            Arguments = job.Arguments,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [JobDefinition.NameVariable] = job.Queue,
                [JobDefinition.ExecutionVariable] = execution,
            },
            WorkingDirectory = Path.GetDirectoryName(job.Program),
            ReadyMark = execution,
        };
        using var process = ChildProcess.Start(definition, guardian, line => print($"{execution}: {line}"), line => print($"{execution}: {line}"));
        try
        {
            return await process.Exited.WaitAsync(job.ReplicaTimeout, time, stopping);
        }
        catch (TimeoutException)
        {
            print($"{execution}: longer than {job.ReplicaTimeout}; it is ended.");
        }
        catch (OperationCanceledException)
        {
            print($"{execution}: the runner stops; it is ended, and its message comes again.");
        }

        await process.StopAsync(Grace, time);
        return null;
    }
}
