using System.CommandLine;
using Azure.Storage.Queues;
using TikTok.Core;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Functions.Queues;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Jobs;

/// <summary><c>jobs</c>: runs container jobs as processes, one per queue message, as KEDA and Azure Container Apps do.</summary>
internal static class JobsCommand
{
    public static Command Create()
    {
        var program = new Option<FileInfo>("--program") { Description = "The transcoder's executable.", Required = true };
        var queues = new Option<string[]>("--queue") { Description = "QUEUE=PROGRAM[,MAX]: run these jobs instead of the product's." };
        var command = new Command("jobs", "Starts container jobs by queue length. The setting Storage holds the connection.") { program, queues };
        program.Required = false;
        command.SetAction((parsed, cancellationToken) =>
        {
            var jobs = parsed.GetValue(queues) is { Length: > 0 } given
                ? [.. given.Select(Parse)]
                : JobDefinition.All(parsed.GetValue(program)?.FullName ?? throw new InvalidOperationException("Name --program, or jobs by --queue."));
            return RunAsync(jobs, cancellationToken);
        });
        return command;
    }

    private static JobDefinition Parse(string text)
    {
        var (queue, rest) = text.Split('=', 2) is [var name, var value] ? (name, value) : throw new FormatException($"'{text}' is not QUEUE=PROGRAM[,MAX].");
        var comma = rest.LastIndexOf(',');
        return comma < 0
            ? new JobDefinition(queue, Path.GetFullPath(rest), 1, TimeSpan.FromHours(1))
            : new JobDefinition(queue, Path.GetFullPath(rest[..comma]), int.Parse(rest[(comma + 1)..], System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(1));
    }

    private static async Task<int> RunAsync(IReadOnlyList<JobDefinition> jobs, CancellationToken stopping)
    {
        var connection = Environment.GetEnvironmentVariable(Connections.Storage);
        if (string.IsNullOrEmpty(connection))
        {
            await Console.Error.WriteLineAsync($"The setting '{Connections.Storage}', a connection string, is missing.");
            return 1;
        }

        var time = TimeProvider.System;
        var service = new QueueServiceClient(connection);
        using var guardian = new ProcessGuardian();
        using var signals = new StorageEventSignals(StorageEventSignals.GatewayOf(connection), time);
        var processes = new JobProcesses(guardian, time, Console.WriteLine);
        var running = new List<Task> { signals.RunAsync(stopping) };
        foreach (var job in jobs)
        {
            var wakeup = new Wakeup();
            signals.OnMessage(job.Queue, wakeup.Ring);
            var runner = new JobRunner(job, new StorageJobQueue(service.GetQueueClient(job.Queue)), processes.RunAsync, wakeup, time, Console.WriteLine);
            running.Add(runner.RunAsync(stopping));
        }

        Console.WriteLine($"jobs listening on {string.Join(", ", jobs.Select(job => job.Queue))}");
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl-C or SIGTERM: the executions have been ended.
        }

        return 0;
    }
}
