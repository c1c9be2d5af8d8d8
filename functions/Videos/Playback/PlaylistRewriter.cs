using System.Text;
using System.Text.RegularExpressions;

namespace TikTok.Functions.Videos.Playback;

/// <summary>Puts other addresses into an HLS playlist (RFC 8216) and leaves all else as it is.</summary>
public static partial class PlaylistRewriter
{
    /// <param name="address">What a URI in the playlist becomes; asked once for each distinct one.</param>
    public static async Task<string> RewriteAsync(string playlist, Func<string, ValueTask<string>> address)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var rewritten = new StringBuilder(playlist.Length * 2);
        foreach (var (number, line) in playlist.Split('\n').Index())
        {
            if (number > 0) rewritten.Append('\n');
            var text = line.TrimEnd('\r');
            if (text.StartsWith('#'))
                rewritten.Append(await RewriteTagAsync(text));
            else
                rewritten.Append(string.IsNullOrWhiteSpace(text) ? text : await AddressAsync(text.Trim()));
        }
        return rewritten.ToString();

        async ValueTask<string> AddressAsync(string uri) => known.TryGetValue(uri, out var found) ? found : known[uri] = await address(uri);

        // Map, media, key and i-frame tags name their resource in an attribute.
        async ValueTask<string> RewriteTagAsync(string tag)
        {
            if (UriAttribute().Match(tag).Groups["uri"] is not { Success: true } uri) return tag;
            var rewrittenUri = await AddressAsync(uri.Value);
            return $"{tag[..uri.Index]}{rewrittenUri}{tag[(uri.Index + uri.Length)..]}";
        }
    }

    [GeneratedRegex("""[:,]URI="(?<uri>[^"]*)["]""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UriAttribute();
}
