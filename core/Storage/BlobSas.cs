using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace TikTok.Core.Storage;

/// <summary>
/// Signs URLs that give one permission on one blob for a while: by the account key where the connection string has one (local),
/// else by a user delegation key of the managed identity, which is fetched once and renewed before it is too short for the next signature.
/// </summary>
/// <remarks>A URL signed for HTTPS alone is refused over HTTP; only an account that is itself reached by HTTP, the local one, gets URLs for both.</remarks>
public sealed class BlobSas(BlobServiceClient blobs, TimeProvider time) : IDisposable
{
    /// <summary>A clock that is behind ours would find a signature that begins now not yet valid.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(6);

    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile UserDelegationKey? _key;

    /// <param name="lifetime">At most five hours.</param>
    public async ValueTask<SignedUrl> SignAsync(
        string container, string blob, BlobSasPermissions permissions, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var client = blobs.GetBlobContainerClient(container).GetBlobClient(blob);
        var now = time.GetUtcNow();
        var builder = new BlobSasBuilder(permissions, now + lifetime)
        {
            BlobContainerName = container,
            BlobName = blob,
            Resource = "b",
            StartsOn = now - ClockSkew,
            Protocol = blobs.Uri.Scheme == Uri.UriSchemeHttp ? SasProtocol.HttpsAndHttp : SasProtocol.Https,
        };
        if (client.CanGenerateSasUri) return new SignedUrl(client.GenerateSasUri(builder), builder.ExpiresOn);

        var key = await KeyForAsync(builder.ExpiresOn, cancellationToken);
        var signed = new BlobUriBuilder(client.Uri) { Sas = builder.ToSasQueryParameters(key, blobs.AccountName) };
        return new SignedUrl(signed.ToUri(), builder.ExpiresOn);
    }

    public void Dispose() => _renewing.Dispose();

    private async ValueTask<UserDelegationKey> KeyForAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (_key is { } cached && cached.SignedExpiresOn >= until) return cached;
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            if (_key is { } renewed && renewed.SignedExpiresOn >= until) return renewed;
            var now = time.GetUtcNow();
            UserDelegationKey key = await blobs.GetUserDelegationKeyAsync(now - ClockSkew, now + KeyLifetime, cancellationToken);
            _key = key;
            return key;
        }
        finally
        {
            _renewing.Release();
        }
    }
}

/// <param name="Url">Carries its permission: never logged.</param>
public sealed record SignedUrl(Uri Url, DateTimeOffset ExpiresAt);
