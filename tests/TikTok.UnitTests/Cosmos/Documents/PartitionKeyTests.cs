using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Cosmos.Documents;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.UnitTests.Cosmos.Documents;

public sealed class PartitionKeyTests
{
    [Theory]
    [InlineData("""["a"]""", """["a"]""", 1)]
    [InlineData("""["\u00fc"]""", """["\u00fc"]""", 1)]
    [InlineData("""["ü"]""", """["\u00fc"]""", 1)]
    [InlineData("""["a\"b"]""", """["a\u0022b"]""", 1)]
    [InlineData("[1.0]", "[1]", 1)]
    [InlineData("[{}]", "[{}]", 1)]
    [InlineData("""[null,true,"x"]""", """[null,true,"x"]""", 3)]
    public void Header_has_one_canonical_form(string header, string canonical, int count)
    {
        Assert.True(PartitionKeyValue.TryParseHeader(header, out var value));
        Assert.Equal(new PartitionKeyValue(canonical, count), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("[[1]]")]
    [InlineData("""["a""")]
    public void Header_that_is_no_array_of_scalars_is_refused(string header) => Assert.False(PartitionKeyValue.TryParseHeader(header, out _));

    [Fact]
    public void Effective_key_of_a_prefix_is_a_prefix_and_every_key_lies_within_the_range() => Prop.ForAll(
        Arb.From(Gen.ListOf(Gen.Elements("a", "tenant-1", "", "ünï", new string('z', 40)))), names =>
        {
            var key = "[" + string.Join(',', names.Append("last").Select(name => $"\"{name}\"")) + "]";
            var prefix = "[" + string.Join(',', names.Select(name => $"\"{name}\"")) + "]";
            var whole = EffectivePartitionKey.Compute(key, hierarchical: true);
            return whole.StartsWith(EffectivePartitionKey.Compute(prefix, hierarchical: true), StringComparison.Ordinal)
                && whole.Length == 32 * (names.Count + 1)
                && string.CompareOrdinal(whole, "FF") < 0;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("/", ResourceKind.Account, "", "")]
    [InlineData("/dbs", ResourceKind.Databases, "dbs", "")]
    [InlineData("//dbs/", ResourceKind.Databases, "dbs", "")]
    [InlineData("/dbs/d", ResourceKind.Database, "dbs", "dbs/d")]
    [InlineData("/dbs/d/colls/c/docs", ResourceKind.Documents, "docs", "dbs/d/colls/c")]
    [InlineData("/dbs/d/colls/c/docs/a%20b", ResourceKind.Document, "docs", "dbs/d/colls/c/docs/a b")]
    [InlineData("/dbs/d/colls/c/pkranges", ResourceKind.PartitionKeyRanges, "pkranges", "dbs/d/colls/c")]
    [InlineData("/offers/x", ResourceKind.Offer, "offers", "offers/x")]
    [InlineData("/dbs/d/colls/c/sprocs/s", ResourceKind.Unknown, "", "")]
    [InlineData("/_faults", ResourceKind.Unknown, "", "")]
    public void Path_says_what_is_addressed_and_what_is_signed(string path, object kind, string type, string link)
    {
        var parsed = ResourcePath.Parse(path);

        Assert.Equal((kind, type, link), (parsed.Kind, parsed.SignedType, parsed.SignedLink));
    }
}
