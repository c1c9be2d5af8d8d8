using System.Web;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
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

    private static BlobServiceClient Account(string endpoint) =>
        new($"DefaultEndpointsProtocol=https;AccountName=account;AccountKey={Key};BlobEndpoint={endpoint}");
}
