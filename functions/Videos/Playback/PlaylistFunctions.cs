using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Videos.Playback;

/// <summary>The playlists of videos that are not public: the stored ones, with addresses that are signed for a while.</summary>
public sealed class PlaylistFunctions(VideoStore videos, VisibleVideos visible, BlobServiceClient blobs, MediaUrls media, PlaylistPass passes)
{
    private const string MediaType = "application/vnd.apple.mpegurl";
    private const string Extension = ".m3u8";

    /// <summary>Open, because players send no access token: the pass in the address, given to someone who may see the video, stands for it.</summary>
    [Function("GetPlaylist"), Open, AnswersText(MediaType), Query(PlaylistPass.Parameter, About = "As it is in the address that a video's answer has.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "videos/{id}/playlists/{name}")] HttpRequest request,
        string id,
        string name,
        CancellationToken cancellationToken)
    {
        var pass = request.Query[PlaylistPass.Parameter].ToString();
        var video = Id.IsValid(id) ? await videos.FindAsync(id, cancellationToken) : null;
        if (video is not { MediaContainer: { } container } || !HasPlaylist(video, name)
            || !await MayWatchAsync(video, request.FindCaller(), pass, cancellationToken))
            throw Problems.NotFound("playlist");

        var stored = await ReadAsync(container, $"{MediaPaths.Prefix(id)}{name}", cancellationToken);
        var next = pass.Length > 0 ? pass : passes.Issue(id);
        var playlist = await PlaylistRewriter.RewriteAsync(stored, async uri => uri.EndsWith(Extension, StringComparison.Ordinal)
            ? $"{uri}?{PlaylistPass.Parameter}={next}"
            : await media.SignAsync(container, $"{MediaPaths.Prefix(id)}{uri}", cancellationToken));
        request.HttpContext.Response.Headers.CacheControl = "private, no-store";
        return Results.Text(playlist, MediaType, Encoding.UTF8);
    }

    private async Task<bool> MayWatchAsync(Video video, Caller? caller, string pass, CancellationToken cancellationToken) =>
        video.Status != VideoStatus.Deleted
        && (passes.IsValid(pass, video.VideoId) || (caller is not null && await visible.MaySeeAsync(video, caller, cancellationToken)));

    private static bool HasPlaylist(Video video, string name) =>
        video.Renditions.Count > 0 && (name == $"master{Extension}" || video.Renditions.Any(r => name == $"{r.Name}{Extension}"));

    private async Task<string> ReadAsync(string container, string blob, CancellationToken cancellationToken)
    {
        try
        {
            var content = await blobs.GetBlobContainerClient(container).GetBlobClient(blob).DownloadContentAsync(cancellationToken);
            return content.Value.Content.ToString();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw Problems.NotFound("playlist");
        }
    }
}
