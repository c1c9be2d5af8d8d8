namespace TikTok.Local.Cosmos.Protocol;

internal enum ResourceKind
{
    Account,
    Databases,
    Database,
    Containers,
    Container,
    PartitionKeyRanges,
    Documents,
    Document,
    Offers,
    Offer,
    Unknown,
}

/// <summary>
/// A request path taken apart: what it addresses, by which names (or <c>_rid</c> values), and the resource type and link that the
/// authorization signature covers.
/// </summary>
internal readonly record struct ResourcePath(
    ResourceKind Kind,
    string Database,
    string Container,
    string Item,
    string SignedType,
    string SignedLink)
{
    /// <summary>Parses the path of the request line, still percent-encoded, without its query.</summary>
    public static ResourcePath Parse(string rawPath)
    {
        var raw = rawPath.AsSpan().Trim('/');
        if (raw.IsEmpty)
            return new ResourcePath(ResourceKind.Account, "", "", "", "", "");

        Span<Range> ranges = stackalloc Range[8];
        var count = raw.Split(ranges, '/');
        if (count > 6)
            return Unknown;

        var type = raw[ranges[(count - 1) & ~1]].ToString();
        var isFeed = count % 2 == 1;
        var link = isFeed ? raw[..Math.Max(0, raw.Length - type.Length - 1)] : raw;
        var kind = Classify(raw, ranges, count);
        return kind == ResourceKind.Unknown
            ? Unknown
            : new ResourcePath(
                kind,
                Name(raw, ranges, 1, count),
                Name(raw, ranges, 3, count),
                kind == ResourceKind.Offer ? Name(raw, ranges, 1, count) : Name(raw, ranges, 5, count),
                type,
                Decode(link));
    }

    private static ResourcePath Unknown => new(ResourceKind.Unknown, "", "", "", "", "");

    private static ResourceKind Classify(ReadOnlySpan<char> raw, Span<Range> ranges, int count)
    {
        var first = raw[ranges[0]];
        if (first.SequenceEqual("offers"))
            return count switch { 1 => ResourceKind.Offers, 2 => ResourceKind.Offer, _ => ResourceKind.Unknown };
        if (!first.SequenceEqual("dbs") || (count > 2 && !raw[ranges[2]].SequenceEqual("colls")))
            return ResourceKind.Unknown;

        return count switch
        {
            1 => ResourceKind.Databases,
            2 => ResourceKind.Database,
            3 => ResourceKind.Containers,
            4 => ResourceKind.Container,
            5 when raw[ranges[4]].SequenceEqual("pkranges") => ResourceKind.PartitionKeyRanges,
            5 when raw[ranges[4]].SequenceEqual("docs") => ResourceKind.Documents,
            6 when raw[ranges[4]].SequenceEqual("docs") => ResourceKind.Document,
            _ => ResourceKind.Unknown,
        };
    }

    private static string Name(ReadOnlySpan<char> raw, Span<Range> ranges, int index, int count) =>
        index < count ? Decode(raw[ranges[index]]) : "";

    private static string Decode(ReadOnlySpan<char> text) =>
        text.Contains('%') ? Uri.UnescapeDataString(text.ToString()) : text.ToString();
}
