using System.Web;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using NSubstitute;
using TikTok.Core.Storage;

namespace TikTok.UnitTests.Videos;

public sealed class BlobSasTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[64]);

    [Fact]
    public async Task A_url_names_one_blob_its_permissions_and_its_end()
    {
        var time = new FakeTime();
        using var sas = new BlobSas(Account("https://account.blob.example/"), time);

        var signed = await sas.SignAsync("uploads", "clip", BlobSasPermissions.Create | BlobSasPermissions.Write, TimeSpan.FromHours(1), default);

        var query = HttpUtility.ParseQueryString(signed.Url.Query);
        Assert.Equal("/uploads/clip", signed.Url.AbsolutePath);
        Assert.Equal(("b", "cw", "https"), (query["sr"], query["sp"], query["spr"]));
        Assert.Equal("2026-01-01T01:00:00Z", query["se"]);
        Assert.Equal(time.GetUtcNow().AddHours(1), signed.ExpiresAt);
    }

    [Fact]
    public async Task Only_an_account_reached_by_http_gets_urls_for_http()
    {
        using var sas = new BlobSas(Account("http://127.0.0.1:10000/account"), new FakeTime());

        var signed = await sas.SignAsync("uploads", "clip", BlobSasPermissions.Write, TimeSpan.FromHours(1), default);

        Assert.Equal("https,http", HttpUtility.ParseQueryString(signed.Url.Query)["spr"]);
    }

    [Fact]
    public async Task With_an_identity_the_delegation_key_is_fetched_once_and_renewed_in_time()
    {
        var time = new FakeTime();
        var account = new IdentityAccount();
        using var sas = new BlobSas(account, time);
        Task<SignedUrl> SignAsync() => sas.SignAsync("uploads", "clip", BlobSasPermissions.Write, TimeSpan.FromHours(1), default).AsTask();

        var signed = await Task.WhenAll(SignAsync(), SignAsync(), SignAsync());
        time.Advance(TimeSpan.FromHours(4.9));
        await SignAsync();
        Assert.Equal(1, account.KeysIssued);
        time.Advance(TimeSpan.FromHours(0.2));
        await SignAsync();

        Assert.Equal(2, account.KeysIssued);
        var query = HttpUtility.ParseQueryString(signed[0].Url.Query);
        Assert.Equal(("object", "https", "b"), (query["skoid"], query["spr"], query["sr"]));
        Assert.Equal("/uploads/clip", signed[0].Url.AbsolutePath);
    }

    private static BlobServiceClient Account(string endpoint) =>
        new($"DefaultEndpointsProtocol=https;AccountName=account;AccountKey={Key};BlobEndpoint={endpoint}");

    /// <summary>An account reached by identity: its clients hold no key to sign with.</summary>
    private sealed class IdentityAccount() : BlobServiceClient(new Uri("https://account.blob.example/"), new BlobClientOptions())
    {
        public int KeysIssued { get; private set; }

        public override Task<Response<UserDelegationKey>> GetUserDelegationKeyAsync(
            DateTimeOffset? startsOn, DateTimeOffset expiresOn, CancellationToken cancellationToken = default)
        {
            KeysIssued++;
            var key = BlobsModelFactory.UserDelegationKey("object", "tenant", startsOn!.Value, expiresOn, "b", "2023-01-03", Key);
            return Task.FromResult(Response.FromValue(key, Substitute.For<Response>()));
        }
    }
}
