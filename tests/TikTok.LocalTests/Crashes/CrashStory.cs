using System.Text.Json;
using Azure.Storage.Blobs;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Crashes;

/// <summary>One thing that a function does, from a beginning that the story makes.</summary>
/// <param name="Function">As it is declared.</param>
/// <param name="What">What is special about this one.</param>
/// <param name="BeginAsync">Makes the beginning, and answers the act: one delivery, or one request.</param>
internal sealed record CrashStory(string Function, string What, Func<Stage, Task<Func<ProductProgram, Task>>> BeginAsync)
{
    /// <summary>Containers or types of documents that are not compared, because a repetition changes them rightly.</summary>
    public IReadOnlyCollection<string> Leaves { get; init; } = [];

    /// <summary>Whether it is a request: its client repeats it or gives up, where a delivery always comes again.</summary>
    public bool IsRequest { get; init; }

    /// <summary>Whether doing it twice is doing it once.</summary>
    public bool MayRepeat { get; init; } = true;

    public override string ToString() => $"{Function}: {What}";
}

/// <summary>Where a story is set up: people, videos and blobs, whose ids have names.</summary>
internal sealed class Stage(CrashWorld world)
{
    public static readonly DateTimeOffset Begun = TimeProvider.System.GetUtcNow();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Names => _names;

    public CrashWorld World => world;

    public T Get<T>()
        where T : notnull => world.Survivor.Get<T>();

    /// <summary>What comes about the same time, before and after the act.</summary>
    public List<Func<ProductProgram, Task>> Neighbours { get; } = [];

    public string NewId(string name)
    {
        var id = Id.New(TimeProvider.System);
        _names[id] = $"<{name}>";
        return id;
    }

    public async Task<Caller> PersonAsync(string name, Func<Account, Account>? with = null)
    {
        var id = NewId(name);
        var account = new Account
        {
            Id = id,
            UserId = id,
            Username = name,
            DisplayName = name,
            PasswordHash = "",
            BirthDate = new DateOnly(1990, 1, 1),
            CreatedAt = Begun,
        };
        account = with?.Invoke(account) ?? account;
        await Task.WhenAll(
            Get<AccountStore>().CreateAsync(account, default),
            world.Cosmos.GetContainer(Containers.Database, Containers.Usernames).CreateItemAsync(
                new UsernameReservation { Id = name, Username = name, UserId = id, ReservedAt = Begun, Confirmed = true }));
        return new Caller(id, name, account.Role, AccountType.Standard) { SessionId = Id.New(TimeProvider.System) };
    }

    public async Task<string> VideoAsync(Caller creator, string name = "video", Func<Video, Video>? with = null)
    {
        var id = NewId(name);
        var video = new Video
        {
            Id = id,
            VideoId = id,
            UserId = creator.UserId,
            Username = creator.Username,
            Title = "A clip",
            Upload = new Core.Documents.Upload { Filename = "clip.mp4", FileSize = 1_000, DurationMs = 20_000 },
            CreatedAt = Begun,
        };
        await Get<VideoStore>().TryCreateAsync(with?.Invoke(video) ?? video, default);
        return id;
    }

    public async Task BlobAsync(string container, string name) =>
        await world.Blobs.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString("x"), overwrite: true);

    public string Token(Caller caller) => Get<AccessTokens>().Issue(caller);

    // ---- states of a video ----

    public static Video Completed(Video video) => video with { Upload = video.Upload with { CompletedAt = Begun } };

    public static Video Processing(Video video) => Completed(video) with
    {
        Status = VideoStatus.Processing,
        Upload = video.Upload with { CompletedAt = Begun, LandedAt = Begun, LandedBytes = 1_000 },
        Handovers = new Handovers { Probe = Begun },
    };

    public static Video Encoding(Video video) => Processing(video) with
    {
        Probe = Videos.VideoPlant.Probe,
        MediaContainer = BlobContainers.Media,
        Handovers = new Handovers { Probe = Begun, Transcode = Begun },
    };

    public static Video Ready(Video video) => Encoding(video) with
    {
        Status = VideoStatus.Ready,
        Renditions = [Rendition],
        Progress = 100,
        TranscodedAt = Begun,
        PublishedAt = Begun,
        Handovers = new Handovers { Probe = Begun, Transcode = Begun, Published = Begun, UploadRemoved = Begun },
    };

    public static Video Deleted(Video video) => Ready(video) with { Status = VideoStatus.Deleted };

    public static readonly Rendition Rendition = new()
    {
        Name = "240p",
        Width = 426,
        Height = 240,
        FrameRate = 30,
        Codecs = "avc1.64001e",
        Bandwidth = 400_000,
        AverageBandwidth = 300_000,
        Bytes = 1_000,
    };

    // ---- acts ----

    public static Func<ProductProgram, Task> Message<T>(string function, T message) => Delivery(function, JsonSerializer.Serialize(message, CoreJson.Options));

    public static Func<ProductProgram, Task> Step(VideoStep step) => Message("VideoStepTaken", step);

    public static Func<ProductProgram, Task> Delivery(string function, object value, IReadOnlyDictionary<string, object?>? data = null) => async program =>
    {
        if (await program.TriggerAsync(function, value, data) is { } failure) throw new InvalidOperationException($"{function} failed.", failure);
    };

    /// <summary>A request. What it answers to its repetition is its own affair, as long as it is no failure.</summary>
    public Func<ProductProgram, Task> Request(string function, Caller? caller, object? body = null, params (string Name, string Value)[] route) => async program =>
    {
        var (status, text) = await program.CallAsync(
            function, body, caller is null ? null : Token(caller), route.ToDictionary(r => r.Name, r => r.Value, StringComparer.Ordinal));
        if (status >= 500 || status == 0) throw new InvalidOperationException($"{function} answered {status}: {text}");
        LastAnswer = $"{status} {text}";
    };

    public string LastAnswer { get; private set; } = "none";

    public BlobClient Upload(string videoId) => world.Blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlobClient(videoId);
}
