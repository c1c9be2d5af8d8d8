using TikTok.Local.Faults;

namespace TikTok.UnitTests.Faults;

public sealed class FaultRulesTests
{
    private readonly FaultRules _rules = new(new Random(1));

    [Theory]
    [InlineData("PUT", "*/uploads/*", "comp=block", true)]
    [InlineData("put", null, null, true)]
    [InlineData("GET", null, null, false)]
    [InlineData(null, "*/media/*", null, false)]
    [InlineData(null, null, "comp=blocklist&", false)]
    public void A_rule_is_about_the_requests_it_describes(string? method, string? path, string? query, bool matches)
    {
        _rules.Add(new FaultRule(method, path, query, Status: 503));

        Assert.Equal(matches, _rules.Take("PUT", "/devstoreaccount1/uploads/v1", "?comp=block&blockid=1") is not null);
    }

    [Fact]
    public void A_rule_with_a_count_runs_out_and_then_the_next_one_serves()
    {
        _rules.Add(new FaultRule(Status: 500, Count: 2));
        _rules.Add(new FaultRule(Status: 503));

        Assert.Equal([500, 500, 503, 503], Enumerable.Range(0, 4).Select(_ => _rules.Take("GET", "/", "")?.Status));
    }

    [Fact]
    public void A_rule_with_a_probability_fails_about_that_share()
    {
        _rules.Add(new FaultRule(Status: 500, Probability: 0.25));

        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => _rules.Take("GET", "/", "") is not null), 200, 300);
    }

    [Fact]
    public void Nothing_fails_after_clear()
    {
        _rules.Add(new FaultRule(Status: 500));
        _rules.Clear();

        Assert.Null(_rules.Take("GET", "/", ""));
        Assert.Empty(_rules.Current);
    }
}
