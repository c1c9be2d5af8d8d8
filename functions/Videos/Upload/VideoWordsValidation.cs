using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;

namespace TikTok.Functions.Videos.Upload;

/// <summary>Checks what creators write about their videos, and finds the hashtags in it.</summary>
public static class VideoWordsValidation
{
    public const int MaxTitle = 150;
    public const int MaxDescription = 2200;

    /// <exception cref="ProblemException">400 with the fields at fault.</exception>
    public static VideoWords Read(UploadCompleteRequest request)
    {
        var validation = new Validation()
            .Text("title", request.Title, 1, MaxTitle)
            .Check(request.Visibility is not null, "visibility", "is required");
        Check(validation, request);
        validation.ThrowIfInvalid();
        return Words(request, Hashtags.Gather(request.Hashtags ?? [], request.Title!, request.Description ?? "")) with
        {
            Description = Texts.Clean(request.Description ?? ""),
        };
    }

    /// <summary>
    /// The same of an edit, in which everything may be absent. When only texts change, their old tags go with the old texts, and those named outright stay.
    /// </summary>
    /// <exception cref="ProblemException">400 with the fields at fault.</exception>
    public static VideoWords ReadEdit(UploadCompleteRequest request, Video current)
    {
        var validation = new Validation().OptionalText("title", request.Title, 1, MaxTitle);
        Check(validation, request);
        validation.ThrowIfInvalid();

        var named = request.Hashtags ?? current.Hashtags.Except(Hashtags.Gather([], current.Title, current.Description), StringComparer.Ordinal);
        return Words(request, Hashtags.Gather(named, request.Title ?? current.Title, request.Description ?? current.Description));
    }

    private static void Check(Validation validation, UploadCompleteRequest request)
    {
        validation.OptionalText("description", request.Description, 0, MaxDescription, lines: true).Count("hashtags", request.Hashtags, 0, Hashtags.MaxCount);
        for (var i = 0; i < (request.Hashtags?.Count ?? 0); i++)
        {
            validation.Check(
                Hashtags.Normalize(request.Hashtags![i]) is not null, $"hashtags[{i}]", $"must be 1 to {Hashtags.MaxLength} letters, digits and underscores");
        }
        if (request.SoundId is not null) validation.Id("soundId", request.SoundId);
    }

    private static VideoWords Words(UploadCompleteRequest request, IReadOnlyList<string> hashtags) => new()
    {
        Title = request.Title is null ? null : Texts.Clean(request.Title),
        Description = request.Description is null ? null : Texts.Clean(request.Description),
        Hashtags = hashtags,
        SoundId = request.SoundId,
        Visibility = request.Visibility,
        AllowComments = request.AllowComments,
        AllowDuet = request.AllowDuet,
        AllowStitch = request.AllowStitch,
    };
}
