using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Upload;

namespace TikTok.LocalTests.Videos;

/// <summary>The video feature over real storage, Cosmos and event log, with the triggers pulled by hand: a test decides what happens when.</summary>
public sealed class VideoPlant : IAsyncLifetime
{
    public static readonly Caller Creator = new("01kakg0000000000000000000c", "ada", Role.User, AccountType.Standard);
    public static readonly Caller Stranger = new("01kakg0000000000000000000s", "eve", Role.User, AccountType.Standard);

    public static readonly MediaProbe Probe = new()
    {
        Container = "mp4",
        VideoCodec = "h264",
        DurationMs = 20_000,
        Width = 1280,
        Height = 720,
        FrameRate = 30,
    };

    private readonly EventHubsProcess _hubs = new();
    private CosmosClient? _client;

    public StorageProcess Storage { get; } = new();
    public CosmosProcess Cosmos { get; } = new();
    public BlobServiceClient Blobs { get; private set; } = null!;
    public QueueServiceClient Queues { get; private set; } = null!;
    public CosmosClient Database => _client!;
    public VideoStore Videos { get; private set; } = null!;
    public UserVideoStore UserVideos { get; private set; } = null!;
    public LikeStore Likes { get; private set; } = null!;
    public CommentStore Comments { get; private set; } = null!;
    public AccountStore Accounts { get; private set; } = null!;
    public CreatorCopies Copies { get; private set; } = null!;
    public Uploads Uploads { get; private set; } = null!;
    public VideoPipeline Pipeline { get; private set; } = null!;
    public VideoRemoval Removal { get; private set; } = null!;
    public MediaMover Mover { get; private set; } = null!;
    public BlobSas Sas { get; private set; } = null!;
    public ProcessingFunctions Triggers { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Storage.InitializeAsync(), Cosmos.InitializeAsync(), _hubs.InitializeAsync());
        var settings = new Dictionary<string, string?> { [Connections.Cosmos] = Cosmos.ConnectionString, [Connections.EventHubs] = _hubs.ConnectionString };
        var clients = new AzureClients(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _client = clients.Cosmos();
        Blobs = new BlobServiceClient(Storage.ConnectionString, Impatient(new BlobClientOptions()));
        Queues = new QueueServiceClient(Storage.ConnectionString, Impatient(new QueueClientOptions()));
        await CosmosSchema.EnsureCreatedAsync(_client, default);
        await StorageSchema.EnsureCreatedAsync(Blobs, Queues, default);

        var time = TimeProvider.System;
        var queues = new VideoQueues(Queues);
        var log = new InteractionLog(clients.Interactions());
        Videos = new VideoStore(_client);
        UserVideos = new UserVideoStore(_client);
        Likes = new LikeStore(_client, time);
        Sas = new BlobSas(Blobs, time);
        Pipeline = new VideoPipeline(Videos, queues, log, Blobs, time);
        Comments = new CommentStore(_client, time);
        Removal = new VideoRemoval(
            Videos, UserVideos, new CommentRemoval(_client, Comments, new CommentLikeStore(_client, time), time), log, Blobs, time);
        Mover = new MediaMover(Videos, Pipeline, Removal, queues, Blobs, time);
        Accounts = new AccountStore(_client);
        Copies = new CreatorCopies(Accounts, Videos, UserVideos, Pipeline);
        Uploads = new Uploads(Accounts, Videos, Pipeline, Blobs, Sas, time);
        await Task.WhenAll(AddAsync(Creator), AddAsync(Stranger));
        Triggers = new ProcessingFunctions(
            Pipeline, Removal, Mover, queues, new VideoLimits(1_000), time, NullLogger<ProcessingFunctions>.Instance);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        Sas?.Dispose();
        await Storage.DisposeAsync();
        await Cosmos.DisposeAsync();
        await _hubs.DisposeAsync();
    }

    public async Task<UploadInitAnswer> BeginAsync(string? videoId = null, long fileSize = 1_000) => (await Uploads.BeginAsync(
        new UploadInitRequest { Filename = "clip.mp4", Filesize = fileSize, DurationMs = 20_000, VideoId = videoId }, Creator, default)).Answer;

    /// <summary>Puts the blob and pulls the blob trigger.</summary>
    public async Task LandAsync(string videoId, int bytes = 1_000)
    {
        await Upload(videoId).UploadAsync(new BinaryData(new byte[bytes]), overwrite: true);
        await Triggers.LandAsync(Upload(videoId), videoId, default);
    }

    public Task<Video> CompleteAsync(string videoId, Visibility visibility = Visibility.Public) =>
        Uploads.CompleteAsync(videoId, new VideoWords { Title = "A clip", Visibility = visibility }, Creator, default);

    public Task StepAsync(VideoStep step) => Triggers.StepAsync(System.Text.Json.JsonSerializer.Serialize(step, CoreJson.Options), default);

    public Task ProbedAsync(string videoId) =>
        StepAsync(new VideoStep { VideoId = videoId, Step = VideoStepNames.Probe, Outcome = StepOutcome.Succeeded, Probe = Probe });

    public Task TranscodedAsync(string videoId) => StepAsync(new VideoStep { VideoId = videoId, Step = VideoStepNames.Transcode, Outcome = StepOutcome.Succeeded });

    /// <summary>Writes what the encoder would, and reports it.</summary>
    public async Task PlaysAsync(string videoId, string container, string name = "240p")
    {
        foreach (var blob in new[] { MediaPaths.Rendition(videoId, name), MediaPaths.Playlist(videoId, name), MediaPaths.Master(videoId) })
            await Blobs.GetBlobContainerClient(container).GetBlobClient(blob).UploadAsync(BinaryData.FromString(blob), overwrite: true);
        var rendition = new Rendition
        {
            Name = name,
            Width = 426,
            Height = 240,
            FrameRate = 30,
            Codecs = "avc1.64001e",
            Bandwidth = 400_000,
            AverageBandwidth = 300_000,
            Bytes = 1_000,
        };
        await StepAsync(new VideoStep { VideoId = videoId, Step = VideoStepNames.Rendition, Outcome = StepOutcome.Succeeded, Rendition = rendition });
    }

    /// <summary>A video that has gone all the way.</summary>
    public async Task<string> ReadyAsync(Visibility visibility = Visibility.Public)
    {
        var videoId = (await BeginAsync()).VideoId;
        await LandAsync(videoId);
        await CompleteAsync(videoId, visibility);
        await ProbedAsync(videoId);
        await PlaysAsync(videoId, (await FindAsync(videoId)).MediaContainer!);
        await TranscodedAsync(videoId);
        return videoId;
    }

    public async Task DeleteAsync(string videoId) => await Pipeline.ChangeAsync(videoId, VideoTransitions.Delete, default);

    public Task RemoveAsync(string videoId) =>
        Triggers.RemoveAsync(System.Text.Json.JsonSerializer.Serialize(new VideoDeletion(videoId), CoreJson.Options), default);

    public async Task<Video> FindAsync(string videoId) => await Videos.FindAsync(videoId, default) ?? throw new InvalidOperationException("There is no such video.");

    public BlobClient Upload(string videoId) => Blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(videoId);

    /// <summary>Every blob of a video, anywhere.</summary>
    public async Task<IReadOnlyList<string>> BlobsOfAsync(string videoId)
    {
        var found = new List<string>();
        foreach (var container in BlobContainers.All)
        {
            await foreach (var blob in Blobs.GetBlobContainerClient(container).GetBlobsAsync(prefix: videoId)) found.Add($"{container}/{blob.Name}");
        }
        return found;
    }

    /// <summary>How many messages about a video a queue holds. Looked at without taking them, so that tests share the queues.</summary>
    public async Task<int> CountAsync(string queue, string videoId)
    {
        // A peek shows at most 32 messages; the queues of one test class hold fewer.
        PeekedMessage[] messages = await Queues.GetQueueClient(queue).PeekMessagesAsync(32);
        return messages.Count(m => m.MessageText.Contains(videoId, StringComparison.Ordinal));
    }

    private Task AddAsync(Caller caller) => Accounts.CreateAsync(
        new Account
        {
            Id = caller.UserId,
            UserId = caller.UserId,
            Username = caller.Username,
            DisplayName = caller.Username,
            PasswordHash = "",
            BirthDate = new DateOnly(1990, 1, 1),
            Country = "SE",
            CreatedAt = TimeProvider.System.GetUtcNow(),
        },
        default);

    private static T Impatient<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        return options;
    }
}
