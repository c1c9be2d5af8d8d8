using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Videos.Upload;

/// <summary>Uploading a video: the blob goes straight to Blob Storage, these calls say where and what it is.</summary>
public sealed class UploadFunctions(Uploads uploads, VideoLimits limits)
{
    private const int MaxFilename = 255;

    [Function("InitUpload"), Limited(RouteClass.Uploads), Asks<UploadInitRequest>, Answers<UploadInitAnswer>(StatusCodes.Status201Created)]
    [Refuses(StatusCodes.Status404NotFound, "/problems/not-found"), Refuses(StatusCodes.Status409Conflict, "/problems/video-id-taken")]
    public async Task<IResult> InitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "videos/upload/init")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var body = await request.ReadJsonAsync<UploadInitRequest>(cancellationToken);
        var validation = new Validation()
            .Text("filename", body.Filename, 1, MaxFilename)
            .Check(IsPlain(body.Filename), "filename", "must be a name, without a path")
            .Range("filesize", body.Filesize, 1, VideoLimits.MaxFileSize)
            .Range("durationMs", body.DurationMs, limits.MinDurationMs, limits.MaxDurationMs);
        if (body.VideoId is not null) validation.Id("videoId", body.VideoId);
        validation.ThrowIfInvalid();

        var (answer, isNew) = await uploads.BeginAsync(body, caller, cancellationToken);
        if (!isNew) request.DoNotCount();
        return Answers.Created(answer, $"/api/v1/videos/{answer.VideoId}/upload");
    }

    [Function("GetUpload"), Answers<UploadStateAnswer>]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "videos/{id}/upload")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        Answers.Ok(await uploads.StateAsync(id, request.RequireCaller(), cancellationToken));

    /// <summary>Idempotent of itself: the same call again answers the video's state as it is by then.</summary>
    [Function("CompleteUpload"), Asks<UploadCompleteRequest>, Answers<UploadCompleteAnswer>(StatusCodes.Status202Accepted), Idempotency(IdempotencyMode.Ignored)]
    public async Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "videos/{id}/upload/complete")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var caller = request.RequireCaller();
        var words = VideoWordsValidation.Read(await request.ReadJsonAsync<UploadCompleteRequest>(cancellationToken));
        var video = await uploads.CompleteAsync(id, words, caller, cancellationToken);
        return Answers.Accepted(new UploadCompleteAnswer(video.VideoId, video.Status));
    }

    /// <summary>It is only kept and shown, but who saves a file under the name that someone else gave it trusts it to be one.</summary>
    private static bool IsPlain(string filename) => filename is not ("." or "..") && !filename.AsSpan().ContainsAny('/', '\\', ':');
}
