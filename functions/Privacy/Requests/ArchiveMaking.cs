using System.IO.Compression;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Storage;

namespace TikTok.Functions.Privacy;

/// <summary>
/// Makes the archive of a person's data: each share is written to a blob of its own, one at a time, then all are packed into <c>{userId}/{requestId}.zip</c>.
/// A part that broke off is written again whole.
/// </summary>
public sealed class ArchiveMaking(
    PrivacyRequestStore requests, AccountStore accounts, IEnumerable<IPersonalData> data, BlobServiceClient blobs, TimeProvider time) : IPrivacyWork
{
    /// <summary>How long an archive is kept; the storage account's lifecycle rule and the sweep remove it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly IReadOnlyList<IPersonalData> _data = [.. data];
    private readonly BlobContainerClient _archives = blobs.GetBlobContainerClient(BlobContainers.Exports);

    public PrivacyRequestKind Kind => PrivacyRequestKind.Export;

    public static string BlobOf(PrivacyRequest request) => $"{request.UserId}/{request.RequestId}.zip";

    public async Task<PrivacyRequest?> ContinueAsync(PrivacyRequest request, CancellationToken cancellationToken)
    {
        // Of an account that is being erased nothing is gathered any more; its erasure removes what was.
        if (await accounts.FindAsync(request.UserId, cancellationToken) is null) return null;

        if (_data.FirstOrDefault(share => !request.Done.Contains(share.Name, StringComparer.Ordinal)) is { } share)
        {
            await WriteAsync(request, share, cancellationToken);
            return await requests.TrySaveAsync(request with { Done = [.. request.Done, share.Name] }, cancellationToken);
        }

        var bytes = await PackAsync(request, cancellationToken);
        await foreach (var part in _archives.GetBlobsAsync(prefix: PartsOf(request), cancellationToken: cancellationToken))
            await _archives.DeleteBlobIfExistsAsync(part.Name, cancellationToken: cancellationToken);
        return await requests.TrySaveAsync(
            request with { Status = PrivacyRequestStatus.Completed, CompletedAt = time.GetUtcNow(), Bytes = bytes, Ttl = (int)Lifetime.TotalSeconds }, cancellationToken);
    }

    private async Task WriteAsync(PrivacyRequest request, IPersonalData share, CancellationToken cancellationToken)
    {
        var part = _archives.GetBlockBlobClient($"{PartsOf(request)}{share.Name}.json");
        var documents = share.ExportAsync(new Person(request.UserId, request.Username), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (documents)
        {
            if (!await documents.MoveNextAsync()) return;
            await using var blob = await part.OpenWriteAsync(overwrite: true, cancellationToken: cancellationToken);
            await using var json = new Utf8JsonWriter(blob, new JsonWriterOptions { Indented = true, Encoder = CoreJson.Options.Encoder });
            json.WriteStartArray();
            do
            {
                documents.Current.WriteTo(json);
                await json.FlushAsync(cancellationToken);
            }
            while (await documents.MoveNextAsync());
            json.WriteEndArray();
        }
    }

    /// <returns>The archive's size.</returns>
    private async Task<long> PackAsync(PrivacyRequest request, CancellationToken cancellationToken)
    {
        var archive = _archives.GetBlockBlobClient(BlobOf(request));
        await using (var blob = await archive.OpenWriteAsync(overwrite: true, cancellationToken: cancellationToken))
        await using (var zip = new ZipArchive(blob, ZipArchiveMode.Create, leaveOpen: true))
        {
            await foreach (var part in _archives.GetBlobsAsync(prefix: PartsOf(request), cancellationToken: cancellationToken))
            {
                await using var to = await zip.CreateEntry(part.Name[PartsOf(request).Length..]).OpenAsync(cancellationToken);
                await _archives.GetBlobClient(part.Name).DownloadToAsync(to, cancellationToken);
            }
        }

        return (await archive.GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ContentLength;
    }

    private static string PartsOf(PrivacyRequest request) => $"{request.UserId}/{request.RequestId}/";
}
