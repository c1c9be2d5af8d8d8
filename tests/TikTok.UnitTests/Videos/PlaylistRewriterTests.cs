using TikTok.Functions.Videos.Playback;

namespace TikTok.UnitTests.Videos;

public sealed class PlaylistRewriterTests
{
    [Fact]
    public async Task Segments_and_the_map_get_the_signed_address_and_all_else_stays()
    {
        const string stored = """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-MAP:URI="240p.mp4",BYTERANGE="800@0"
            #EXTINF:2.0,
            #EXT-X-BYTERANGE:5000@800
            240p.mp4
            #EXTINF:1.5,
            #EXT-X-BYTERANGE:4000@5800
            240p.mp4
            #EXT-X-ENDLIST

            """;
        var asked = new List<string>();

        var rewritten = await PlaylistRewriter.RewriteAsync(stored, uri =>
        {
            asked.Add(uri);
            return ValueTask.FromResult($"https://host/{uri}?sig=a%3D");
        });

        Assert.Equal(["240p.mp4"], asked);
        Assert.Equal(
            stored.Replace("\"240p.mp4\"", "\"https://host/240p.mp4?sig=a%3D\"", StringComparison.Ordinal)
                .Replace("\n240p.mp4", "\nhttps://host/240p.mp4?sig=a%3D", StringComparison.Ordinal),
            rewritten);
    }

    [Fact]
    public async Task A_master_playlists_variants_are_rewritten_and_its_attributes_are_not()
    {
        const string stored = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS=\"avc1.64001e,mp4a.40.2\"\n240p.m3u8\n";

        var rewritten = await PlaylistRewriter.RewriteAsync(stored, uri => ValueTask.FromResult($"{uri}?pass=p"));

        Assert.Equal("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS=\"avc1.64001e,mp4a.40.2\"\n240p.m3u8?pass=p\n", rewritten);
    }
}
