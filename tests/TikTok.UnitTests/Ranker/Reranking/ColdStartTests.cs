using TikTok.Ranker.People;
using TikTok.Ranker.Reranking;

namespace TikTok.UnitTests.Ranker.Reranking;

public sealed class ColdStartTests
{
    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, true, 0.125)]
    [InlineData(4, false, 0.25)]
    [InlineData(8, false, 0.5)]
    [InlineData(29, false, 0.75)]
    [InlineData(50, false, 1)]
    [InlineData(10_000, true, 1)]
    public void Confidence_grows_with_swipes_and_with_interests_chosen(int swipes, bool interests, double expected)
    {
        var person = new PersonView { Swipes = swipes };
        if (interests) person.SetInterests([1]);

        Assert.Equal(expected, ColdStart.Confidence(person), 5);
    }

    [Fact]
    public void From_the_eighth_swipe_half_and_later_three_tenths_are_not_the_persons_own()
    {
        var previous = 1.0;
        for (var swipes = 0; swipes <= 60; swipes++)
        {
            var shares = ColdStart.Shares(ColdStart.Confidence(new PersonView { Swipes = swipes }), new RerankingOptions());
            var others = shares.Popular + shares.Exploration;
            Assert.InRange(others, swipes < 8 ? 0.5 : 0.3 - 1e-6, previous + 1e-6);
            if (swipes >= 8) Assert.InRange(shares.Popular, 0.1, 0.2 + 1e-6);
            previous = others;
        }
        Assert.Equal(0.3, previous, 5);
    }
}
