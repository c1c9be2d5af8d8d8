using Azure.Storage.Sas;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Privacy;

/// <summary>People's archives, from outside: asking for one is what makes it.</summary>
public sealed class Archives(PrivacyRequestStore requests, AccountStore accounts, PrivacyQueue queue, BlobSas sas, TimeProvider time)
{
    /// <summary>An archive younger than this is answered again; who asks later gets a new one.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromDays(1);

    /// <summary>How long a download URL is good for.</summary>
    public static readonly TimeSpan UrlLifetime = TimeSpan.FromMinutes(15);

    /// <summary>The request for the archive that the caller has, or has by now.</summary>
    /// <exception cref="ProblemException">401: the account is gone.</exception>
    public async Task<PrivacyRequest> FindOrBeginAsync(Caller caller, CancellationToken cancellationToken)
    {
        while (true)
        {
            var current = await requests.FindAsync(caller.UserId, PrivacyRequestKind.Export, cancellationToken);
            if (current is { Status: not PrivacyRequestStatus.Completed } || current?.CompletedAt > time.GetUtcNow() - FreshFor) return current;

            var account = await accounts.FindAsync(caller.UserId, cancellationToken) ?? throw Problems.Unauthorized("The account is gone.");
            var next = new PrivacyRequest
            {
                Id = PrivacyRequest.IdFor(PrivacyRequestKind.Export),
                UserId = caller.UserId,
                RequestId = Id.New(time),
                Kind = PrivacyRequestKind.Export,
                Username = account.Username,
                RequestedAt = time.GetUtcNow(),
                ETag = current?.ETag,
            };
            if (await requests.TrySaveAsync(next, cancellationToken) is not { } begun) continue;
            await queue.SendAsync(new PrivacyWork(begun.UserId, begun.Kind, begun.RequestId), cancellationToken);
            return begun;
        }
    }

    /// <summary>A URL to read a finished archive with.</summary>
    public ValueTask<SignedUrl> SignAsync(PrivacyRequest completed, CancellationToken cancellationToken) =>
        sas.SignAsync(BlobContainers.Exports, ArchiveMaking.BlobOf(completed), BlobSasPermissions.Read, UrlLifetime, cancellationToken);
}
