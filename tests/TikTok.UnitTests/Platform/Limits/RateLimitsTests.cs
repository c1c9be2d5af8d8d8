using System.Net;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.UnitTests.Infra;

namespace TikTok.UnitTests.Platform.Limits;

public sealed class RateLimitsTests
{
    private readonly RateLimits _limits = new(Settings());

    [Theory]
    [InlineData(RouteClass.Uploads, Role.User, 3)]
    [InlineData(RouteClass.Uploads, Role.Verified, 10)]
    [InlineData(RouteClass.Uploads, Role.Creator, 50)]
    [InlineData(RouteClass.Uploads, Role.Moderator, 50)]
    [InlineData(RouteClass.Uploads, Role.Admin, 50)]
    [InlineData(RouteClass.Follows, Role.User, 200)]
    [InlineData(RouteClass.Follows, Role.Verified, 500)]
    [InlineData(RouteClass.Likes, Role.User, 500)]
    [InlineData(RouteClass.Likes, Role.Verified, 2_000)]
    public void Day_has_so_many(RouteClass routeClass, Role role, int expected)
    {
        var limit = _limits.For(routeClass, role);
        Assert.Equal((expected, TimeSpan.FromDays(1)), (limit.Capacity, limit.Window));
    }

    [Fact]
    public void Minute_has_a_thousand_requests_for_everyone() =>
        Assert.All(Enum.GetValues<Role>(), role =>
        {
            var limit = _limits.For(RouteClass.Requests, role);
            Assert.Equal((1_000, TimeSpan.FromMinutes(1)), (limit.Capacity, limit.Window));
        });

    [Fact]
    public void Every_class_is_in_the_table() =>
        Assert.Equal(Enum.GetValues<RouteClass>().Order(), RateLimits.Table.Select(row => row.Class).Order());

    [Fact]
    public void Settings_replace_figures_for_all_or_for_each_kind_of_account()
    {
        var limits = new RateLimits(Settings(("RateLimits:Uploads", "7"), ("RateLimits:Likes", "1/2/3")));

        Assert.Equal([7, 7, 7, 7], Figures(limits, RouteClass.Uploads));
        Assert.Equal([1, 2, 3, 3], Figures(limits, RouteClass.Likes));
        Assert.Equal([200, 500, 500, 500], Figures(limits, RouteClass.Follows));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("1/2")]
    [InlineData("1/2/3/4")]
    [InlineData("1//3")]
    public void Setting_that_makes_no_sense_keeps_the_application_from_starting(string setting) =>
        Assert.Throws<InvalidOperationException>(() => new RateLimits(Settings(("RateLimits:Uploads", setting))));

    [Fact]
    public void What_is_deployed_are_the_figures_of_the_table()
    {
        var deployed = Bicep.Lines(Bicep.Module("functions"), "settings")
            .Where(line => line.StartsWith("RateLimits__", StringComparison.Ordinal))
            .Select(line => line.Split(": "))
            .ToDictionary(parts => $"RateLimits:{parts[0]["RateLimits__".Length..]}", parts => (string?)parts[1].Trim('\''), StringComparer.Ordinal);
        var limits = new RateLimits(new ConfigurationBuilder().AddInMemoryCollection(deployed).Build());

        Assert.Equal(Enum.GetValues<RouteClass>().Length, deployed.Count);
        Assert.All(Enum.GetValues<RouteClass>(), routeClass => Assert.Equal(Figures(_limits, routeClass), Figures(limits, routeClass)));
    }

    [Fact]
    public void Functions_name_their_class()
    {
        var limited = new FunctionCatalog(typeof(FunctionCatalog).Assembly).All.Where(f => f.Limit is not null).ToDictionary(f => f.Name, f => f.Limit!.Value, StringComparer.Ordinal);

        Assert.Equal(RouteClass.Uploads, limited["InitUpload"]);
        Assert.Equal(RouteClass.Likes, limited["LikeVideo"]);
        Assert.Equal(RouteClass.WatchEvents, limited["RecordWatch"]);
        Assert.Equal(RouteClass.SignIns, limited["Login"]);
        Assert.Equal(RouteClass.SignIns, limited["Refresh"]);
        Assert.Equal(RouteClass.Registrations, limited["Register"]);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Addresses_of_one_IPv6_network_are_one_client(string one, string other, bool same)
    {
        Assert.Equal(same, RouteLimits.SubjectOf(IPAddress.Parse(one)) == RouteLimits.SubjectOf(IPAddress.Parse(other)));
    }

    private static IEnumerable<int> Figures(RateLimits limits, RouteClass routeClass) =>
        new[] { Role.User, Role.Verified, Role.Creator, Role.Admin }.Select(role => limits.For(routeClass, role).Capacity);

    private static IConfiguration Settings(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build();
}
