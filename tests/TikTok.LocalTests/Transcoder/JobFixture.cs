using System.Diagnostics;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Storage, Cosmos and the transcoder's executable: what one execution of the container job meets.</summary>
public sealed class JobFixture : IAsyncLifetime
{
    private readonly StorageProcess _storage = new();
    private readonly CosmosProcess _cosmos = new();
    private CosmosClient _client = null!;

    public Clips Clips { get; } = new();

    public VideoStore Videos { get; private set; } = null!;

    public BlobServiceClient Blobs => _storage.Blobs;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_storage.InitializeAsync(), _cosmos.InitializeAsync());
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(Connections.Cosmos, _cosmos.ConnectionString)]).Build();
        _client = new AzureClients(settings).Cosmos();
        await CosmosSchema.EnsureCreatedAsync(_client, CancellationToken.None);
        Videos = new VideoStore(_client);
        foreach (var container in BlobContainers.All) await Blobs.GetBlobContainerClient(container).CreateIfNotExistsAsync();
        foreach (var queue in Queues.All) await Queue(queue).CreateIfNotExistsAsync();
    }

    /// <summary>A video in processing whose upload is <paramref name="clip"/>.</summary>
    public async Task<string> UploadAsync(string clip)
    {
        var video = new Video
        {
            Id = Id.New(TimeProvider.System),
            VideoId = "",
            UserId = "creator",
            Username = "creator",
            Status = VideoStatus.Processing,
            Upload = new Upload { Filename = "clip.mp4", FileSize = 1, DurationMs = 1 },
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        video = video with { VideoId = video.Id };
        await Videos.TryCreateAsync(video, CancellationToken.None);
        await Blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(video.Id).UploadAsync(clip, overwrite: true);
        return video.Id;
    }

    public Task DeleteAsync(string videoId) => Videos.ChangeAsync(videoId, v => v with { Status = VideoStatus.Deleted }, CancellationToken.None);

    public Task SendAsync<T>(string queue, T message) => SendTextAsync(queue, JsonSerializer.Serialize(message, CoreJson.Options));

    public Task SendTextAsync(string queue, string text) => Queue(queue).SendMessageAsync(text);

    /// <summary>Probes a clip by the code under test and enqueues its transcoding.</summary>
    public async Task SendTranscodeAsync(string videoId, string clip, string container = BlobContainers.Media)
    {
        var verdict = await EncodedClip.ProbeAsync(clip);
        await SendAsync(Queues.TranscodeJobs, new TranscodeJob(videoId, verdict.Probe!, container));
    }

    public Execution Start(string queue, params (string Name, string Value)[] settings) => Execution.Start(
        queue,
        [("Storage", _storage.ConnectionString), ("Cosmos", _cosmos.ConnectionString), ("Limits__MinDurationMs", "1000"), ("Transcoder__WatchIntervalMs", "200"), .. settings]);

    /// <summary>One execution to its end, which is a good one.</summary>
    public async Task RunAsync(string queue, params (string Name, string Value)[] settings)
    {
        await using var execution = Start(queue, settings);
        var code = await execution.ExitCodeAsync();
        Assert.True(code == 0, execution.Output);
    }

    /// <summary>Takes all answers that there are.</summary>
    public async Task<IReadOnlyList<VideoStep>> TakeStepsAsync(string videoId)
    {
        var steps = new List<VideoStep>();
        while (await ReceiveAsync(Queues.VideoSteps) is { } message)
        {
            var step = JsonSerializer.Deserialize<VideoStep>(message.Body.ToString(), CoreJson.Options)!;
            if (step.VideoId == videoId) steps.Add(step);
            await Queue(Queues.VideoSteps).DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        return steps;
    }

    public async Task<QueueMessage?> ReceiveAsync(string queue) => (await Queue(queue).ReceiveMessageAsync()).Value;

    /// <summary>Messages in a queue, the invisible ones included.</summary>
    public async Task<int> CountAsync(string queue) => (await Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    /// <summary>Name → content hash of everything that a video has in a media container.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MediaAsync(string videoId, string container = BlobContainers.Media)
    {
        var blobs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var client = Blobs.GetBlobContainerClient(container);
        await foreach (var blob in client.GetBlobsAsync(prefix: MediaPaths.Prefix(videoId)))
        {
            BlobDownloadResult content = await client.GetBlobClient(blob.Name).DownloadContentAsync();
            blobs[blob.Name[(videoId.Length + 1)..]] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content.Content));
        }
        return blobs;
    }

    /// <summary>The storage service fails so until <see cref="HealAsync"/>.</summary>
    public Task FailAsync(FaultRule fault) => _storage.FailAsync(fault);

    public Task HealAsync() => _storage.HealAsync();

    public async Task<string> PlaylistAsync(string videoId) =>
        (await Blobs.GetBlobContainerClient(BlobContainers.Media).GetBlobClient(MediaPaths.Master(videoId)).DownloadContentAsync()).Value.Content.ToString();

    public Task ClearAsync(string queue) => Queue(queue).ClearMessagesAsync();

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        Clips.Dispose();
        await Task.WhenAll(_storage.DisposeAsync(), _cosmos.DisposeAsync());
    }

    private QueueClient Queue(string name) => _storage.Queues.GetQueueClient(name);
}

/// <summary>The transcoder as a process, with a work folder of its own.</summary>
public sealed class Execution : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("transcoder-");

    private Execution(string queue, IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TikTok.Transcoder.dll"), "--queue", queue])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        start.Environment["Transcoder__WorkFolder"] = _work.FullName;
        _process = Process.Start(start)!;
        _output = ReadAsync(_process);
    }

    public string Output => _output.IsCompletedSuccessfully ? _output.GetAwaiter().GetResult() : "(still running)";

    public static Execution Start(string queue, IEnumerable<(string Name, string Value)> settings) => new(queue, settings);

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _output;
        return _process.ExitCode;
    }

    /// <summary>Waits until ffmpeg has written into a rendition.</summary>
    public async Task EncodingAsync()
    {
        var deadline = Stopwatch.StartNew();
        while (!_work.EnumerateFiles("*.mp4", SearchOption.AllDirectories).Any(f => f.Length > 0))
        {
            if (_process.HasExited || deadline.Elapsed > Patience) throw new InvalidOperationException($"It did not come to encoding: {await _output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Processes that have a file of the work folder on their command line.</summary>
    public IReadOnlyList<string> Tools() =>
        [.. Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)).Select(CommandLine).Where(c => c.Contains(_work.FullName, StringComparison.Ordinal))];

    public Task TerminateAsync() => Tool.RunAsync("kill", "-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>As a container is killed: with all its processes, without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _work.Delete(recursive: true);
    }

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<string> ReadAsync(Process process)
    {
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        return string.Concat(texts);
    }
}
