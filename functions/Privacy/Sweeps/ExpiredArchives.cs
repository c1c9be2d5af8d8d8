using Azure.Storage.Blobs;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Privacy.Sweeps;

/// <summary>
/// Archives whose time is over, which the account's lifecycle rule removes as well; and parts of archives, or archives of accounts, that are gone.
/// </summary>
public sealed class ExpiredArchives(BlobServiceClient blobs, AccountStore accounts, TimeProvider time) : ISweep
{
    /// <summary>Longer than an archive is in the making.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromDays(1);

    private readonly BlobContainerClient _archives = blobs.GetBlobContainerClient(BlobContainers.Exports);

    public string Name => "expiredArchives";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var (page, next) = await BlobPages.ReadAsync(_archives, position, cancellationToken);
        var old = page.Where(blob => blob.Properties.LastModified < time.GetUtcNow() - OldAfter).ToList();
        var owners = await accounts.FindExistingAsync([.. old.Select(blob => OwnerOf(blob.Name))], cancellationToken);
        var expired = old
            .Where(blob => blob.Properties.LastModified < time.GetUtcNow() - ArchiveMaking.Lifetime || !blob.Name.EndsWith(".zip", StringComparison.Ordinal) || !owners.Contains(OwnerOf(blob.Name)))
            .ToList();
        foreach (var blob in expired) await _archives.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        return new SweepOutcome(page.Count, expired.Count, next);
    }

    private static string OwnerOf(string blob) => blob.Split('/')[0];
}
