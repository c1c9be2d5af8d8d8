using TikTok.Core;
using TikTok.Ranker.Experiments;

namespace TikTok.UnitTests.Ranker.Experiments;

public sealed class BucketingTests
{
    private const int People = 50_000;

    [Fact]
    public void A_person_is_always_in_the_same_bucket_of_a_name()
    {
        Assert.Equal(new Bucketing("a").BucketOf("anna"), new Bucketing("a").BucketOf("anna"));
        Assert.All(Ids(1_000), id => Assert.InRange(new Bucketing("a").BucketOf(id), 0, Bucketing.Buckets - 1));
    }

    [Theory]
    [InlineData("shares-2")]
    [InlineData("shares-3")]
    [InlineData("spread")]
    public void People_are_spread_evenly_over_the_buckets(string name)
    {
        var counts = new double[100];
        var bucketing = new Bucketing(name);
        foreach (var id in Ids(People)) counts[bucketing.BucketOf(id) * counts.Length / Bucketing.Buckets]++;

        // 99 degrees of freedom: above 148 is one chance in a thousand.
        Assert.InRange(counts.Sum(c => Math.Pow(c - (People / 100.0), 2) / (People / 100.0)), 0, 148.2);
    }

    [Theory]
    [InlineData("shares-2", "shares-3")]
    [InlineData("shares-2", "spread")]
    [InlineData("a", "b")]
    public void Where_a_person_is_in_one_experiment_says_nothing_of_where_they_are_in_another(string first, string second)
    {
        var counts = new double[10, 10];
        var (one, other) = (new Bucketing(first), new Bucketing(second));
        foreach (var id in Ids(People)) counts[one.BucketOf(id) / 1_000, other.BucketOf(id) / 1_000]++;

        // Expected from the margins; 81 degrees of freedom: above 126 is one chance in a thousand.
        var chiSquare = 0.0;
        for (var i = 0; i < 10; i++)
        {
            for (var j = 0; j < 10; j++)
            {
                var row = Enumerable.Range(0, 10).Sum(k => counts[i, k]);
                var column = Enumerable.Range(0, 10).Sum(k => counts[k, j]);
                chiSquare += Math.Pow(counts[i, j] - (row * column / People), 2) / (row * column / People);
            }
        }
        Assert.InRange(chiSquare, 0, 126.1);
    }

    /// <summary>As ids of accounts are: made one after the other, the same ones in every run.</summary>
    private static IEnumerable<string> Ids(int count) =>
        Enumerable.Range(0, count).Select(i => Id.Format(new UInt128(0x0192_0000_0000_7000UL + ((ulong)i << 16), 0x8000_0000_0000_0000UL + ((ulong)i * 7919))));
}
