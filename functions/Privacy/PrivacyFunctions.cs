using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Privacy;

/// <summary>What people may ask about their own data, and the work that follows. That an account be erased is asked of the accounts.</summary>
public sealed class PrivacyFunctions(Archives archives, PrivacyRequestStore requests, PrivacyWorker worker)
{
    private const int PollSeconds = 5;

    /// <summary>202 while the archive is made, with the time to ask again; then 200 with an address to download it from.</summary>
    /// <remarks>Whoever asks first has it made, at most once a day. It is a GET all the same: nothing of the account changes.</remarks>
    [Function("ExportMe"), Answers<ArchiveAnswer>, Answers<ArchivePending>(StatusCodes.Status202Accepted)]
    public async Task<IResult> ExportAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/me/export")] HttpRequest request, CancellationToken cancellationToken)
    {
        var export = await archives.FindOrBeginAsync(request.RequireCaller(), cancellationToken);
        if (export.Status != PrivacyRequestStatus.Completed)
        {
            request.HttpContext.Response.Headers.RetryAfter = PollSeconds.ToString(CultureInfo.InvariantCulture);
            return Answers.Accepted(new ArchivePending(export.Status, export.RequestedAt));
        }

        var url = await archives.SignAsync(export, cancellationToken);
        return Answers.Ok(new ArchiveAnswer(url.Url.AbsoluteUri, url.ExpiresAt, export.Bytes!.Value, export.CompletedAt!.Value));
    }

    /// <summary>The receipt of an erasure. Open, because the account is gone: who holds the id asked for it.</summary>
    [Function("GetPrivacyRequest"), Open, Answers<ErasureReceipt>]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "privacy-requests/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var erasure = id.Split('.') is [var userId, var requestId] && Id.IsValid(userId) && Id.IsValid(requestId)
            ? await requests.FindAsync(userId, PrivacyRequestKind.Erasure, cancellationToken)
            : null;
        if (erasure is null || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(erasure.PublicId), Encoding.ASCII.GetBytes(id)))
            throw Problems.NotFound("request");
        return Answers.Ok(new ErasureReceipt(
            id, erasure.Status, erasure.RequestedAt, erasure.CompletedAt, erasure.Status == PrivacyRequestStatus.Completed ? erasure.Found : null));
    }

    /// <summary>A request has work left.</summary>
    [Function("PrivacyRequestContinued")]
    public Task ContinueAsync(
        [QueueTrigger(Queues.PrivacyRequests, Connection = Connections.Storage)] string message, CancellationToken cancellationToken) =>
        worker.RunAsync(
            JsonSerializer.Deserialize<PrivacyWork>(message, CoreJson.Options) ?? throw new JsonException("The message is no work."), cancellationToken);
}

/// <param name="Url">A zip file of JSON, one file for each kind of data; the address is good until <paramref name="ExpiresAt"/>, the archive for a week.</param>
public sealed record ArchiveAnswer(string Url, DateTimeOffset ExpiresAt, long Bytes, DateTimeOffset CreatedAt);

public sealed record ArchivePending(PrivacyRequestStatus Status, DateTimeOffset RequestedAt);

/// <param name="Found">Once completed: how much the last search found of each kind of data; 0 throughout.</param>
public sealed record ErasureReceipt(
    string RequestId, PrivacyRequestStatus Status, DateTimeOffset RequestedAt, DateTimeOffset? CompletedAt, IReadOnlyDictionary<string, long>? Found);
