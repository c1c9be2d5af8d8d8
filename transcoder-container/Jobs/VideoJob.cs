using TikTok.Core.Documents;

namespace TikTok.Transcoder.Jobs;

/// <summary>One message's work.</summary>
/// <param name="StepName">The step that is failed when the work cannot be done: one of <see cref="Core.Messages.VideoStepNames"/>.</param>
/// <param name="ExhaustedReason">Words for the creator when all attempts have failed through no fault of the file's.</param>
/// <param name="IsDone">Whether the answer of an earlier delivery has already arrived: then the upload may be gone and the media moved, and this one must
/// not touch either.</param>
/// <param name="RunAsync">Does the work and sends its steps; idempotent. Gets a folder of its own on local disk.</param>
internal sealed record VideoJob(string VideoId, string StepName, string ExhaustedReason, Func<Video, bool> IsDone, Func<string, CancellationToken, Task> RunAsync);

/// <summary>The upload cannot be used, however often it is tried.</summary>
/// <param name="reason">Words for the creator.</param>
internal sealed class RefusedException(string reason) : Exception(reason);
