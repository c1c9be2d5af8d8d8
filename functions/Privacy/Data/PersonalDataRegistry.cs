using TikTok.Core;
using TikTok.Core.Storage;

namespace TikTok.Functions.Privacy;

public enum DataStoreKind { Container, BlobContainer, Queue, EventHub }

/// <param name="Name">The container's, queue's or hub's.</param>
public sealed record DataStore(DataStoreKind Kind, string Name);

/// <summary>What a store has to do with people.</summary>
/// <param name="Holds">What it says of a person; or why it says nothing that could be found again.</param>
/// <param name="Shares">The <see cref="IPersonalData.Name"/>s of what is erased from it; none where nothing stays: then <paramref name="Holds"/> says why.</param>
public sealed record DataStoreDeclaration(DataStore Store, string Holds, params IReadOnlyList<string> Shares);

/// <summary>
/// Every store of the product, and what it keeps about people. A test holds it against the schemas, so that a store added later is declared here, and against the
/// shares, so that what is declared is erased.
/// </summary>
public static class PersonalDataRegistry
{
    public static readonly IReadOnlyList<DataStoreDeclaration> All =
    [
        Container(Containers.Accounts, "The account: profile, hash of the password, birth date, interests; its sessions.", "account"),
        Container(Containers.Usernames, "Whose name it is. A freed name stays taken for a while, without saying whose it was.", "username"),
        Container(Containers.Videos, "The person's videos, and their likes and shares of others' videos. Tombstones of videos name nobody.", "videos", "likes", "shares"),
        Container(Containers.UserVideos, "The list of the person's videos.", "videoList"),
        Container(Containers.Edges, "Whom and what the person likes, follows, blocks and mutes; who does so to them.", "relations", "relationsOfOthers"),
        Container(Containers.EdgesIn, "Who follows the person, or asks to; the person among those of others.", "followers", "followersOfOthers"),
        Container(Containers.Comments, "What the person wrote, and which comments they like. Tombstones of comments name nobody.", "comments"),
        Container(Containers.Watches, "What the person watched, for 90 days.", "watches"),
        Container(Containers.Trends, "Nothing: counts by video, hashtag and sound in buckets of time."),
        Container(Containers.CreatorStats, "How the person's videos did.", "creatorStats"),
        Container(Containers.Limits, "What the person may still do today, under keyed hashes, gone within a day. Of logins by name and address nothing to be found by: hashes as well, gone within 90 days.", "limits"),
        Container(Containers.PrivacyRequests, "The archive that was asked for. The receipt of an erasure stays for 30 days: an id that is nobody's any more.", "archives"),
        Container(Containers.FeedSessions, "What the person was shown, for six hours.", "feedSessions"),
        Container(Containers.Idempotency, "Nothing to be found by: sealed answers under keyed hashes, gone within a day."),
        Container(Containers.Sweeps, "Nothing: how many leftovers each sweep found last."),
        Container(Containers.Leases, "Nothing: how far readers of the change feed are."),

        Blobs(BlobContainers.Uploads, "Raw uploads of the person's videos, until they are encoded.", "videos"),
        Blobs(BlobContainers.Media, "Renditions and thumbnails of the person's public videos.", "videos"),
        Blobs(BlobContainers.PrivateMedia, "Renditions and thumbnails of the person's other videos.", "videos"),
        Blobs(BlobContainers.Exports, "Archives of the person's data, for seven days.", "archives"),
        Blobs(BlobContainers.Models, "What the ranker learnt, by hashes of ids: numbers, and what people watched and liked last. Who asks for erasure is left out of the next snapshot, ten minutes later at most; snapshots before it go within seven days, as the log does."),

        Queue(Queues.Probe, Transient),
        Queue(Queues.TranscodeJobs, Transient),
        Queue(Queues.VideoSteps, Transient),
        Queue(Queues.VideoDeletions, Transient),
        Queue(Queues.MediaMoves, Transient),
        Queue(Queues.PrivacyRequests, Transient),

        new(new DataStore(DataStoreKind.EventHub, Hubs.Interactions),
            "Who watched, liked, commented on, shared and followed what, for the seven days that the log keeps. Its readers write nothing about an account that is gone."),
    ];

    private const string Transient = "Nothing that stays: ids of work under way, gone when it is done, and from a poison queue within seven days.";

    private static DataStoreDeclaration Container(string name, string holds, params IReadOnlyList<string> shares) =>
        new(new DataStore(DataStoreKind.Container, name), holds, shares);

    private static DataStoreDeclaration Blobs(string name, string holds, params IReadOnlyList<string> shares) =>
        new(new DataStore(DataStoreKind.BlobContainer, name), holds, shares);

    private static DataStoreDeclaration Queue(string name, string holds) => new(new DataStore(DataStoreKind.Queue, name), holds);
}
