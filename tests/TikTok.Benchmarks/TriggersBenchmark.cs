using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.Benchmarks.Harness;
using TikTok.Local.Functions.Hosting;
using TikTok.Local.Up.Supervision;

namespace TikTok.Benchmarks;

/// <summary>
/// From the moment a message or blob is sent to storage until its function starts, in the host as it is configured for the product, one at a time with
/// idle pauses between. Beside it, what storage alone takes: sending a message and receiving it in a row with the official client.
/// </summary>
internal sealed class TriggersBenchmark : IBenchmark
{
    private const int Warmups = 5;
    private const int Messages = 200;
    private const int Blobs = 60;
    private const double MaxMessageMilliseconds = 150;
    private const double MaxBlobMilliseconds = 1_500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Name => "triggers";

    public string Summary => "queue message and blob to function start";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        using var guardian = new ProcessGuardian();
        var storage = await StorageAsync(context, guardian, cancellationToken);
        try
        {
            var queue = new QueueClient(storage.Connection, "bench");
            var direct = new QueueClient(storage.Connection, "bench-direct");
            var container = new BlobContainerClient(storage.Connection, "bench");
            await queue.CreateAsync(cancellationToken: cancellationToken);
            await direct.CreateAsync(cancellationToken: cancellationToken);
            await container.CreateAsync(cancellationToken: cancellationToken);
            var arrivals = new Arrivals();
            using var host = Host(context, storage.Connection, arrivals);
            await host.StartAsync(cancellationToken);

            context.Log($"{Messages} messages");
            var messages = await MeasureAsync(context, Messages, arrivals, id => queue.SendMessageAsync(id, cancellationToken), cancellationToken);
            context.Log($"{Blobs} blobs");
            var blobs = await MeasureAsync(
                context, Blobs, arrivals, id => container.UploadBlobAsync(id, BinaryData.FromBytes(new byte[16 * 1024]), cancellationToken), cancellationToken);
            var floor = await DirectAsync(context, direct, cancellationToken);
            await host.StopAsync(cancellationToken);

            return
            [
                Row("queue message to function start, p50", messages.At(0.50), Target.Max(MaxMessageMilliseconds)) with
                {
                    Peer = "send and receive by hand, p50", PeerValue = floor.At(0.50),
                },
                Row("queue message to function start, p99", messages.At(0.99)) with
                {
                    Peer = "send and receive by hand, p99", PeerValue = floor.At(0.99),
                },
                Row("blob to function start, p50", blobs.At(0.50), Target.Max(MaxBlobMilliseconds)),
                Row("blob to function start, p99", blobs.At(0.99)),
            ];
        }
        finally
        {
            await storage.Process.StopAsync(TimeSpan.FromSeconds(5), context.Time);
            storage.Process.Dispose();
        }
    }

    private static BenchmarkRow Row(string name, double value, Target? target = null) => new() { Name = name, Value = value, Unit = "ms", Target = target };

    private static async Task<Latencies> MeasureAsync(
        BenchmarkContext context, int count, Arrivals arrivals, Func<string, Task> send, CancellationToken cancellationToken)
    {
        var taken = new List<double>();
        for (var i = 0; i < Warmups + count; i++)
        {
            // Uneven pauses, so that nothing falls in step with a poll.
            await Task.Delay(TimeSpan.FromMilliseconds(50 + (i * 37 % 200)), context.Time, cancellationToken);
            var id = $"m{Guid.NewGuid():N}";
            var arrived = arrivals.Expect(id);
            var sent = context.Time.GetTimestamp();
            await send(id);
            var at = await arrived.WaitAsync(Patience, context.Time, cancellationToken);
            if (i >= Warmups)
            {
                taken.Add(context.Time.GetElapsedTime(sent, at).TotalMilliseconds);
            }
        }

        return new Latencies(taken);
    }

    private static async Task<Latencies> DirectAsync(BenchmarkContext context, QueueClient queue, CancellationToken cancellationToken)
    {
        var taken = new List<double>();
        for (var i = 0; i < Warmups + Messages; i++)
        {
            var sent = context.Time.GetTimestamp();
            await queue.SendMessageAsync("x", cancellationToken);
            QueueMessage message = await queue.ReceiveMessageAsync(cancellationToken: cancellationToken);
            if (i >= Warmups)
            {
                taken.Add(context.Time.GetElapsedTime(sent).TotalMilliseconds);
            }

            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
        }

        return new Latencies(taken);
    }

    private static IHost Host(BenchmarkContext context, string connection, Arrivals arrivals)
    {
        WorkerHosting.Current = new LocalFunctionsHost(new LocalHostOptions(
            "bench", [typeof(MeasuredFunctions)], Path.Combine(context.RepositoryRoot, "host.json"), context.WorkDirectory, Port: 0,
            new Dictionary<string, string?> { ["AzureWebJobsStorage"] = connection, ["AzureFunctionsJobHost:logging:logLevel:default"] = "Warning" }));
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.ConfigureFunctionsWebApplication();
        builder.Services.AddSingleton(arrivals).AddSingleton(context.Time);
        return builder.Build();
    }

    private static async Task<(ChildProcess Process, string Connection)> StorageAsync(
        BenchmarkContext context, ProcessGuardian guardian, CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        const string mark = "storage listening on";
        var definition = new ServiceDefinition
        {
            Name = "storage",
            FileName = "dotnet",
            Arguments =
            [
                Path.Combine(AppContext.BaseDirectory, "TikTok.Local.dll"),
                "storage", "--data", Path.Combine(context.WorkDirectory, "storage"), "--blob-port", "0", "--queue-port", "0",
            ],
            ReadyMark = mark,
        };
        var process = ChildProcess.Start(
            definition, guardian,
            line =>
            {
                if (line.Contains(mark, StringComparison.Ordinal))
                {
                    ready.TrySetResult(line);
                }
            },
            context.Log);
        var words = (await ready.Task.WaitAsync(Patience, context.Time, cancellationToken)).Split(' ');
        return (process, Local.Storage.StorageAccount.ConnectionString(new Uri(words[^3]), new Uri(words[^1])));
    }

    public sealed class Arrivals
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _expected = new(StringComparer.Ordinal);

        public Task<long> Expect(string id) =>
            _expected.GetOrAdd(id, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Arrive(string id, long at) => _expected[id].TrySetResult(at);
    }

    public sealed class MeasuredFunctions(Arrivals arrivals, TimeProvider time)
    {
        [Function("BenchMessage")]
        public void Message([QueueTrigger("bench")] string id) => arrivals.Arrive(id, time.GetTimestamp());

        [Function("BenchBlob")]
        public void Blob([BlobTrigger("bench/{name}", Source = BlobTriggerSource.EventGrid)] BlobClient blob, string name) =>
            arrivals.Arrive(name, time.GetTimestamp());
    }
}
