using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Documents;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using static TikTok.UnitTests.Videos.VideoScenario;

namespace TikTok.UnitTests.Videos;

public sealed class MediaUrlsTests : IDisposable
{
    private static readonly PlatformSecret Secret = new(Convert.ToBase64String(new byte[32]));
    private readonly FakeTime _time = new();
    private readonly BlobSas _sas;
    private readonly PlaylistPass _passes;
    private readonly MediaUrls _media;

    public MediaUrlsTests()
    {
        var blobs = new BlobServiceClient($"DefaultEndpointsProtocol=https;AccountName=account;AccountKey={Convert.ToBase64String(new byte[64])}");
        _sas = new BlobSas(blobs, _time);
        _passes = new PlaylistPass(Secret, _time);
        var settings = new Dictionary<string, string?> { ["MediaBaseUrl"] = "https://cdn.example/media/" };
        _media = new MediaUrls(blobs, _sas, _passes, new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    public void Dispose() => _sas.Dispose();

    [Fact]
    public async Task Public_media_are_read_from_the_cdn()
    {
        var links = await _media.ForAsync(Begun().Tell(Success()), Request(), default);

        Assert.Equal(["master", "240p", "480p", "720p"], links.Urls.Keys);
        Assert.Equal($"https://cdn.example/media/{VideoId}/master.m3u8", links.Urls["master"]);
        Assert.Equal(5, links.Thumbnails.Count);
        Assert.Equal($"https://cdn.example/media/{VideoId}/thumb-1.jpg", links.Thumbnails[0]);
    }

    [Fact]
    public async Task Other_media_are_read_through_this_api_with_a_pass()
    {
        var links = await _media.ForAsync(Begun().Tell(Success(Visibility.Followers)), Request(), default);

        var master = new Uri(links.Urls["master"]);
        Assert.Equal($"https://api.example/api/v1/videos/{VideoId}/playlists/master.m3u8", master.GetLeftPart(UriPartial.Path));
        Assert.True(_passes.IsValid(master.Query["?pass=".Length..], VideoId));
        Assert.Contains("/media-private/", links.Thumbnails[0], StringComparison.Ordinal);
        Assert.Contains("sig=", links.Thumbnails[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_media_are_decides_not_the_visibility()
    {
        var hidden = Begun().Tell(Success()) with { Visibility = Visibility.Private };

        Assert.StartsWith("https://cdn.example/", (await _media.ForAsync(hidden, Request(), default)).Urls["master"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_play_has_no_address()
    {
        Assert.Empty((await _media.ForAsync(Begun(), Request(), default)).Urls);
        Assert.Empty((await _media.ForAsync(Begun().Tell(ProbeFailure()), Request(), default)).Urls);
    }

    [Fact]
    public void A_pass_is_good_for_one_video_and_one_hour()
    {
        var pass = _passes.Issue(VideoId);
        var other = VideoId[..^1] + "b";

        Assert.True(_passes.IsValid(pass, VideoId));
        Assert.False(_passes.IsValid(pass, other));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_passes.IsValid(pass, VideoId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("9999999999")]
    [InlineData("9999999999.")]
    [InlineData("9999999999.AAAA")]
    [InlineData("x.y.z")]
    public void What_was_not_issued_is_no_pass(string? pass) => Assert.False(_passes.IsValid(pass, VideoId));

    private static HttpRequest Request()
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("https", new HostString("api.example"));
        return request;
    }
}
