using System.Text;
using TikTok.Local.EventHubs;

namespace TikTok.UnitTests.EventHubs;

public sealed class PartitionKeyHashTests
{
    // The self-test vectors that the algorithm's author publishes with it.
    [Theory]
    [InlineData("", 0u, 0u, 0xdeadbeefu, 0xdeadbeefu)]
    [InlineData("", 0u, 0xdeadbeefu, 0xbd5b7ddeu, 0xdeadbeefu)]
    [InlineData("", 0xdeadbeefu, 0xdeadbeefu, 0x9c093ccdu, 0xbd5b7ddeu)]
    [InlineData("Four score and seven years ago", 0u, 0u, 0x17770551u, 0xce7226e6u)]
    [InlineData("Four score and seven years ago", 0u, 1u, 0xe3607caeu, 0xbd371de4u)]
    [InlineData("Four score and seven years ago", 1u, 0u, 0xcd628161u, 0x6cbea4b3u)]
    public void Lookup3_gives_the_published_values(string text, uint primarySeed, uint secondarySeed, uint primary, uint secondary) =>
        Assert.Equal((primary, secondary), PartitionKeyHash.Lookup3(Encoding.UTF8.GetBytes(text), primarySeed, secondarySeed));

    [Fact]
    public void Keys_spread_over_all_partitions()
    {
        var counts = Enumerable.Range(0, 4000).GroupBy(i => PartitionKeyHash.Partition($"user-{i}", 4)).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal([0, 1, 2, 3], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 800, 1200));
    }
}
