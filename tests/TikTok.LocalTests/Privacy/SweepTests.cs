using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;
using TikTok.Functions.Privacy;
using TikTok.Functions.Privacy.Sweeps;
using TikTok.Functions.Videos.Sweeps;
using TikTok.LocalTests.Videos;

namespace TikTok.LocalTests.Privacy;

/// <summary>What a crash left behind is found; what only looks like it is left alone. Leftovers are as old as the clock of the sweep says.</summary>
public sealed class SweepTests(VideoPlant plant) : IClassFixture<VideoPlant>
{
    private static readonly TimeProvider Tomorrow = new Later(TimeSpan.FromHours(25));

    [Fact]
    public async Task Old_uploads_that_no_video_needs_go_and_those_under_way_stay()
    {
        var nobodys = Id.New(TimeProvider.System);
        var strange = "not-an-id.mp4";
        var waiting = (await plant.BeginAsync()).VideoId;
        var encoded = await plant.ReadyAsync();
        foreach (var name in new[] { nobodys, strange, waiting, encoded }) await plant.Upload(name).UploadAsync(BinaryData.FromString("x"), overwrite: true);

        var today = await new OrphanUploads(plant.Blobs, plant.Videos, TimeProvider.System).RunAsync(null, default);
        var tomorrow = await new OrphanUploads(plant.Blobs, plant.Videos, Tomorrow).RunAsync(null, default);

        Assert.Equal(0, today.Settled);
        Assert.True(tomorrow.Settled >= 3, $"{tomorrow}");
        foreach (var gone in new[] { nobodys, strange, encoded }) Assert.False(await plant.Upload(gone).ExistsAsync(), gone);
        Assert.True(await plant.Upload(waiting).ExistsAsync());
    }

    [Fact]
    public async Task Old_media_of_no_video_are_removed_and_misplaced_ones_moved_and_played_ones_stay()
    {
        var nobodys = Id.New(TimeProvider.System);
        var played = await plant.ReadyAsync();
        var misplaced = await plant.ReadyAsync(Visibility.Private);
        foreach (var id in new[] { nobodys, misplaced })
            await plant.Blobs.GetBlobContainerClient(BlobContainers.Media).GetBlobClient(MediaPaths.Master(id)).UploadAsync(BinaryData.FromString("x"));

        await Media(TimeProvider.System).RunAsync(null, default);
        var asked = await plant.CountAsync(Queues.VideoDeletions, nobodys) + await plant.CountAsync(Queues.MediaMoves, misplaced);
        await Media(Tomorrow).RunAsync(null, default);

        Assert.Equal(0, asked);
        Assert.Equal((1, 1, 0), (
            await plant.CountAsync(Queues.VideoDeletions, nobodys), await plant.CountAsync(Queues.MediaMoves, misplaced),
            await plant.CountAsync(Queues.VideoDeletions, played) + await plant.CountAsync(Queues.MediaMoves, played)));
        await plant.RemoveAsync(nobodys);
        await plant.Mover.MoveAsync(misplaced, default);
        Assert.Empty(await plant.BlobsOfAsync(nobodys));
        Assert.All(await plant.BlobsOfAsync(misplaced), blob => Assert.StartsWith("media-private/", blob, StringComparison.Ordinal));
        Assert.Equal(3, (await plant.BlobsOfAsync(played)).Count);
    }

    [Fact]
    public async Task Names_that_a_registration_left_are_freed_or_given_to_the_account_that_it_made()
    {
        var store = new UsernameStore(plant.Database);
        var accounts = new AccountStore(plant.Database);
        var (orphan, half, whole) = (Name(), Name(), Name());
        foreach (var name in new[] { orphan, half, whole })
        {
            var userId = Id.New(TimeProvider.System);
            await store.TryCreateAsync(
                new UsernameReservation { Id = name, Username = name, UserId = userId, ReservedAt = TimeProvider.System.GetUtcNow(), Confirmed = name == whole }, default);
            if (name != orphan) await accounts.CreateAsync(Account(userId, name), default);
        }

        var now = await new UnconfirmedUsernames(store, accounts, TimeProvider.System).RunAsync(null, default);
        var later = await new UnconfirmedUsernames(store, accounts, Tomorrow).RunAsync(null, default);

        Assert.Equal(0, now.Settled);
        Assert.Equal(2, later.Settled);
        Assert.Null(await store.FindAsync(orphan, default));
        Assert.True((await store.FindAsync(half, default))!.Confirmed);
        Assert.True((await store.FindAsync(whole, default))!.Confirmed);
    }

    [Fact]
    public async Task Requests_that_nobody_works_on_get_a_message_and_those_that_wait_get_none()
    {
        var store = new PrivacyRequestStore(plant.Database);
        var (idle, waiting, done) = (Request(), Request() with { DueAt = TimeProvider.System.GetUtcNow().AddDays(3) }, Request() with { Status = PrivacyRequestStatus.Completed });
        foreach (var request in new[] { idle, waiting, done }) await store.TrySaveAsync(request, default);

        await new IdlePrivacyRequests(store, new PrivacyQueue(plant.Queues), TimeProvider.System).RunAsync(null, default);
        var early = await plant.CountAsync(Queues.PrivacyRequests, idle.UserId);
        await new IdlePrivacyRequests(store, new PrivacyQueue(plant.Queues), Tomorrow).RunAsync(null, default);

        Assert.Equal(0, early);
        Assert.Equal((1, 0, 0), (
            await plant.CountAsync(Queues.PrivacyRequests, idle.UserId), await plant.CountAsync(Queues.PrivacyRequests, waiting.UserId),
            await plant.CountAsync(Queues.PrivacyRequests, done.UserId)));
    }

    [Fact]
    public async Task Archives_go_after_a_week_and_at_once_when_they_are_nobodys()
    {
        var accounts = new AccountStore(plant.Database);
        var owner = Id.New(TimeProvider.System);
        await accounts.CreateAsync(Account(owner, Name()), default);
        var (kept, part, nobodys) = ($"{owner}/a.zip", $"{owner}/b/account.json", $"{Id.New(TimeProvider.System)}/c.zip");
        var container = plant.Blobs.GetBlobContainerClient(BlobContainers.Exports);
        foreach (var name in new[] { kept, part, nobodys }) await container.GetBlobClient(name).UploadAsync(BinaryData.FromString("x"));

        await new ExpiredArchives(plant.Blobs, accounts, TimeProvider.System).RunAsync(null, default);
        var today = await container.GetBlobsAsync().CountAsync();
        await new ExpiredArchives(plant.Blobs, accounts, Tomorrow).RunAsync(null, default);
        var tomorrow = await container.GetBlobsAsync().Select(blob => blob.Name).ToListAsync();
        await new ExpiredArchives(plant.Blobs, accounts, new Later(ArchiveMaking.Lifetime + TimeSpan.FromMinutes(1))).RunAsync(null, default);

        Assert.Equal(3, today);
        Assert.Equal([kept], tomorrow);
        Assert.Empty(await container.GetBlobsAsync().ToListAsync());
    }

    [Fact]
    public async Task Work_left_undone_is_found_page_by_page_however_much_lies_before_it()
    {
        var begun = new List<string>();
        for (var i = 0; i < 5; i++) begun.Add((await plant.BeginAsync()).VideoId);
        var muchLater = TimeProvider.System.GetUtcNow().AddDays(8);

        var found = new List<string>();
        var runs = 0;
        string? position = null;
        do
        {
            (var page, position) = await plant.Videos.FindUnsettledAsync(muchLater, muchLater, count: 2, position, default);
            found.AddRange(page);
            runs++;
        }
        while (position is not null);

        Assert.Subset(found.ToHashSet(StringComparer.Ordinal), begun.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(found.Count, found.Distinct(StringComparer.Ordinal).Count());
        Assert.True(runs >= 3, $"{runs}");
    }

    [Fact]
    public async Task Every_run_is_reported_goes_on_where_the_last_one_stopped_and_one_that_fails_stops_no_other()
    {
        var reports = new SweepReportStore(plant.Database);
        var (failing, working) = (new FakeSweep($"a{Name()}", _ => throw new IOException("what it says is for the log")), new FakeSweep($"b{Name()}", from => new SweepOutcome(10, 2, from is null ? "half" : null)));
        var functions = new SweepFunctions([failing, working], reports, TimeProvider.System, NullLogger<SweepFunctions>.Instance);

        for (var run = 0; run < 3; run++) await functions.SweepAsync(new TimerInfo(), default);

        var all = (await reports.ListAsync(default)).ToDictionary(r => r.Name, StringComparer.Ordinal);
        Assert.Equal((nameof(IOException), 0, 0L), (all[failing.Name].Failure, all[failing.Name].Looked, all[failing.Name].SettledEver));
        Assert.Equal((null, 10, 2, 6L), (all[working.Name].Failure, all[working.Name].Looked, all[working.Name].Settled, all[working.Name].SettledEver));
        Assert.Equal([null, "half", null], working.Positions);
    }

    private OrphanMedia Media(TimeProvider time) => new(BlobContainers.Media, plant.Blobs, plant.Videos, new VideoQueues(plant.Queues), time);

    private static string Name() => Api.NewName();

    private static Account Account(string userId, string name) => new()
    {
        Id = userId,
        UserId = userId,
        Username = name,
        DisplayName = name,
        PasswordHash = "",
        BirthDate = new DateOnly(1990, 1, 1),
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };

    private static PrivacyRequest Request() => new()
    {
        Id = PrivacyRequest.IdFor(PrivacyRequestKind.Export),
        UserId = Id.New(TimeProvider.System),
        RequestId = Id.New(TimeProvider.System),
        Kind = PrivacyRequestKind.Export,
        RequestedAt = TimeProvider.System.GetUtcNow(),
    };

    private sealed class FakeSweep(string name, Func<string?, SweepOutcome> run) : ISweep
    {
        public string Name => name;

        public List<string?> Positions { get; } = [];

        public Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
        {
            Positions.Add(position);
            return Task.FromResult(run(position));
        }
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
