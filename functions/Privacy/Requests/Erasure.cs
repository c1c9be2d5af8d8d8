using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Privacy;

/// <summary>
/// Erases a person: every share of the data, each until nothing of it is found; then, when nobody can be writing any more, counts all of it again. What is found
/// then is erased the same way, until nothing is.
/// </summary>
public sealed class Erasure(PrivacyRequestStore requests, IEnumerable<IPersonalData> data, PrivacyOptions options, TimeProvider time) : IPrivacyWork
{
    /// <summary>How long the receipt stays, and with it the knowledge that there was such an account.</summary>
    public static readonly TimeSpan ReceiptLifetime = TimeSpan.FromDays(30);

    private readonly IReadOnlyList<IPersonalData> _data = [.. data];

    public PrivacyRequestKind Kind => PrivacyRequestKind.Erasure;

    public Task<PrivacyRequest?> ContinueAsync(PrivacyRequest request, CancellationToken cancellationToken)
    {
        var person = new Person(request.UserId, request.Username);
        return request.Status == PrivacyRequestStatus.Verifying
            ? VerifyAsync(request, person, cancellationToken)
            : EraseAsync(request, person, cancellationToken);
    }

    private async Task<PrivacyRequest?> EraseAsync(PrivacyRequest request, Person person, CancellationToken cancellationToken)
    {
        var done = request.Done.ToList();
        var more = false;
        foreach (var share in _data.Where(share => !done.Contains(share.Name, StringComparer.Ordinal)).ToList())
        {
            var progress = await share.EraseAsync(person, cancellationToken);
            if (progress == ErasureProgress.Done) done.Add(share.Name);
            more |= progress == ErasureProgress.More;
        }

        var isErased = done.Count == _data.Count;
        return await requests.TrySaveAsync(
            request with
            {
                Done = done,
                Status = isErased ? PrivacyRequestStatus.Verifying : PrivacyRequestStatus.Working,
                DueAt = more ? null : time.GetUtcNow() + (isErased ? options.VerifyAfter : options.Patience),
            },
            cancellationToken);
    }

    private async Task<PrivacyRequest?> VerifyAsync(PrivacyRequest request, Person person, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var share in _data) found[share.Name] = await share.CountAsync(person, cancellationToken);

        var isGone = found.Values.All(count => count == 0);
        return await requests.TrySaveAsync(
            isGone
                ? request with
                {
                    Status = PrivacyRequestStatus.Completed,
                    Found = found,
                    CompletedAt = time.GetUtcNow(),
                    DueAt = null,
                    Username = null,
                    Ttl = (int)ReceiptLifetime.TotalSeconds,
                }
                : request with { Status = PrivacyRequestStatus.Working, Found = found, Done = [], DueAt = null, Relapses = request.Relapses + 1 },
            cancellationToken);
    }
}
