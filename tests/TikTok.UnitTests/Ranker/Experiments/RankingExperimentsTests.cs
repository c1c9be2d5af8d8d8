using Microsoft.Extensions.Configuration;
using TikTok.Ranker.Experiments;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;

namespace TikTok.UnitTests.Ranker.Experiments;

public sealed class RankingExperimentsTests
{
    private static readonly (string, string)[] Shares =
    [
        ("Experiments:weights:shares:From", "0"), ("Experiments:weights:shares:To", "4999"),
        ("Experiments:weights:shares:Arms:control:Percent", "50"), ("Experiments:weights:shares:Arms:more:Percent", "50"),
        ("Experiments:weights:shares:Arms:more:Settings:Values:Share", "5"),
    ];

    [Fact]
    public void Without_experiments_everybody_has_the_configured_settings()
    {
        var experiments = Experiments(("Ranking:Values:Like", "2"), ("Ranking:Reranking:PerCreator", "1"));

        var settings = experiments.For("anna");

        Assert.Equal((2, new ValueWeights().Share, 1), (settings.Values.Like, settings.Values.Share, settings.Reranking.PerCreator));
        Assert.Empty(settings.Arms);
        Assert.Same(settings, experiments.For("ben"));
    }

    [Fact]
    public void An_arm_has_its_share_of_the_people_and_its_settings()
    {
        var experiments = Experiments(Shares);

        var people = People(10_000).Select(experiments.For).ToList();

        Assert.InRange(people.Count(p => p.Arms.Count == 0), 4_800, 5_200);
        Assert.InRange(people.Count(p => p.Arms.GetValueOrDefault("shares") == "more"), 2_350, 2_650);
        Assert.All(people, p => Assert.Equal(p.Arms.GetValueOrDefault("shares") == "more" ? 5 : new ValueWeights().Share, p.Values.Share));
        Assert.Equal(3, people.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void Experiments_of_one_layer_have_different_people_and_those_of_others_any()
    {
        var experiments = Experiments([
            .. Shares,
            ("Experiments:weights:likes:From", "5000"), ("Experiments:weights:likes:To", "9999"),
            ("Experiments:weights:likes:Arms:more:Percent", "100"), ("Experiments:weights:likes:Arms:more:Settings:Values:Like", "3"),
            ("Experiments:page:spread:From", "0"), ("Experiments:page:spread:To", "4999"),
            ("Experiments:page:spread:Arms:on:Percent", "100"), ("Experiments:page:spread:Arms:on:Settings:Reranking:Relevance", "0.5")]);

        var people = People(10_000).Select(experiments.For).ToList();

        Assert.DoesNotContain(people, p => p.Arms.ContainsKey("shares") && p.Arms.ContainsKey("likes"));
        Assert.InRange(people.Count(p => p.Arms.ContainsKey("shares") && p.Arms.ContainsKey("spread")), 2_350, 2_650);
        Assert.All(people, p => Assert.Equal(p.Arms.ContainsKey("spread") ? 0.5f : new RerankingOptions().Relevance, p.Reranking.Relevance));
        Assert.Contains(people, p => p is { Values.Share: 5, Reranking.Relevance: 0.5f });
    }

    [Fact]
    public void Who_is_in_an_experiment_stays_in_their_arm_when_another_is_added()
    {
        var before = Experiments(Shares);
        var after = Experiments([.. Shares, ("Experiments:page:spread:To", "9999"), ("Experiments:page:spread:Arms:on:Percent", "100")]);

        Assert.All(People(1_000), id => Assert.Equal(before.For(id).Arms.GetValueOrDefault("shares"), after.For(id).Arms.GetValueOrDefault("shares")));
    }

    [Theory]
    [InlineData("Experiments:weights:likes:From=4999;Experiments:weights:likes:To=5100;Experiments:weights:likes:Arms:on:Percent=100")]
    [InlineData("Experiments:other:shares:To=10;Experiments:other:shares:Arms:on:Percent=100")]
    [InlineData("Experiments:weights:shares:Arms:third:Percent=10")]
    [InlineData("Experiments:weights:shares:To=10000")]
    [InlineData("Experiments:weights:shares:From=6000")]
    [InlineData("Experiments:weights:shares:Arms:more:Settings:Values:Shaer=1")]
    [InlineData("Experiments:weights:shares:Arms:more:Settings:Value:Share=1")]
    [InlineData("Experiments:weights:shares:Arms:more:Settings:Values:Share=-1")]
    [InlineData("Experiments:weights:shares:Arms:more:Settings:Reranking:Relevance=2")]
    [InlineData("Ranking:Reranking:PerCreator=many")]
    public void A_configuration_that_makes_no_sense_is_refused_at_start(string wrong)
    {
        var settings = Shares.Concat(wrong.Split(';').Select(s => s.Split('=')).Select(s => (s[0], s[1])));

        Assert.Throws<InvalidOperationException>(() => Experiments([.. settings]));
    }

    [Fact]
    public void Finding_out_a_persons_settings_allocates_nothing()
    {
        var experiments = Experiments(Shares);
        var people = People(100).ToArray();
        foreach (var id in people) experiments.For(id);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var id in people) experiments.For(id);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<string> People(int count) => Enumerable.Range(0, count).Select(i => $"person-{i}");

    private static RankingExperiments Experiments(params IEnumerable<(string Key, string Value)> settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in settings) values[key] = value;
        return new RankingExperiments(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
