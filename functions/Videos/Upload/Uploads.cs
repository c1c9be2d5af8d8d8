using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Sas;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;

namespace TikTok.Functions.Videos.Upload;

/// <summary>The creator's side of an upload: where to send the blob, what has arrived, and that it is whole.</summary>
public sealed class Uploads(AccountStore accounts, VideoStore videos, VideoPipeline pipeline, BlobServiceClient blobs, BlobSas sas, TimeProvider time)
{
    /// <summary>How long an upload URL is good for. A client that needs longer asks for the upload's state, and gets a fresh one.</summary>
    public static readonly TimeSpan UrlLifetime = TimeSpan.FromHours(1);

    /// <summary>Begins an upload, or answers the one that the same call began before.</summary>
    /// <exception cref="ProblemException">404: the caller's account is gone. 409: the id is taken by another upload; whose, is not told.</exception>
    public async Task<(UploadInitAnswer Answer, bool IsNew)> BeginAsync(UploadInitRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(caller.UserId, cancellationToken) ?? throw Problems.NotFound("account");
        var id = request.VideoId ?? Id.New(time);
        var video = new Video
        {
            Id = id,
            VideoId = id,
            UserId = account.UserId,
            Username = account.Username,
            Verified = account.IsVerified,
            OwnerPrivate = account.Private,
            OwnerCountry = account.Country,
            OwnerVersion = account.CopyVersion,
            Upload = new Core.Documents.Upload
            {
                Filename = Texts.Clean(request.Filename),
                FileSize = request.Filesize,
                DurationMs = request.DurationMs,
            },
            CreatedAt = time.GetUtcNow(),
        };
        var created = await videos.TryCreateAsync(video, cancellationToken);
        var begun = created ?? await videos.FindAsync(id, cancellationToken);
        if (begun is not { Status: VideoStatus.Uploading, Upload.LandedAt: null } || begun.UserId != caller.UserId || begun.Upload.FileSize != video.Upload.FileSize)
            throw Problems.Conflict("/problems/video-id-taken", "Video id taken", "This id belongs to another upload, or to one that is over. Choose another.");

        var url = await SignAsync(id, cancellationToken);
        return (new UploadInitAnswer(id, url.Url.AbsoluteUri, BlockSizes.For(begun.Upload.FileSize), url.ExpiresAt), created is not null);
    }

    /// <summary>What of the blob is there.</summary>
    /// <exception cref="ProblemException">404: the caller has no such video.</exception>
    public async Task<UploadStateAnswer> StateAsync(string videoId, Caller caller, CancellationToken cancellationToken)
    {
        var video = await FindOwnAsync(videoId, caller, cancellationToken);
        if (video.Status != VideoStatus.Uploading || video.Upload.LandedAt is not null) return new UploadStateAnswer(true, [], null, null, null);

        var (committed, blocks) = await ReadBlocksAsync(videoId, cancellationToken);
        if (committed) return new UploadStateAnswer(true, [], null, null, null);
        var url = await SignAsync(videoId, cancellationToken);
        return new UploadStateAnswer(false, blocks, url.Url.AbsoluteUri, BlockSizes.For(video.Upload.FileSize), url.ExpiresAt);
    }

    /// <summary>Takes the creator's words, and starts the processing if the blob is there.</summary>
    /// <exception cref="ProblemException">404: the caller has no such video.</exception>
    public async Task<Video> CompleteAsync(string videoId, VideoWords words, Caller caller, CancellationToken cancellationToken)
    {
        await FindOwnAsync(videoId, caller, cancellationToken);
        var trace = MessageTrace.Current;
        var video = await pipeline.ChangeAsync(videoId, v => VideoTransitions.Complete(v, words, time.GetUtcNow(), trace), cancellationToken);
        return video is { Status: not VideoStatus.Deleted } ? video : throw Problems.NotFound("video");
    }

    private async Task<Video> FindOwnAsync(string videoId, Caller caller, CancellationToken cancellationToken)
    {
        var video = Id.IsValid(videoId) ? await videos.FindAsync(videoId, cancellationToken) : null;
        return video is { Status: not VideoStatus.Deleted } && VideoAccess.IsOwner(video, caller) ? video : throw Problems.NotFound("video");
    }

    private ValueTask<SignedUrl> SignAsync(string videoId, CancellationToken cancellationToken) => sas.SignAsync(
        BlobContainers.Uploads, videoId, BlobSasPermissions.Create | BlobSasPermissions.Write, UrlLifetime, cancellationToken);

    private async Task<(bool Committed, IReadOnlyList<UploadBlock> Staged)> ReadBlocksAsync(string videoId, CancellationToken cancellationToken)
    {
        try
        {
            BlockList list = await blobs.GetBlobContainerClient(BlobContainers.Uploads).GetBlockBlobClient(videoId)
                .GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellationToken);

            // A blob put whole has no blocks, staged or committed, yet exists; one that is only staged has the uncommitted alone.
            var staged = list.UncommittedBlocks.Select(b => new UploadBlock(b.Name, b.SizeLong)).OrderBy(b => b.Id, StringComparer.Ordinal).ToList();
            return (list.CommittedBlocks.Any() || staged.Count == 0, staged);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (false, []);
        }
    }
}
