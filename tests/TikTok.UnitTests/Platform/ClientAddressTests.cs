using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7:51234", "203.0.113.7")]
    [InlineData(" 203.0.113.7:51234 ", "203.0.113.7")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("[::ffff:203.0.113.7]:443", "203.0.113.7")]
    [InlineData("fe80::1%7", "fe80::1")]
    public void What_the_front_end_wrote_is_the_client(string header, string expected) => Assert.Equal(expected, AddressOf([header]));

    [Theory]
    [InlineData("198.51.100.1, 203.0.113.7:51234")]
    [InlineData("10.0.0.1, 127.0.0.1, 203.0.113.7:51234")]
    [InlineData("<script>,,, 203.0.113.7:51234")]
    public void What_the_client_wrote_before_it_means_nothing(string header) => Assert.Equal("203.0.113.7", AddressOf([header]));

    [Fact]
    public void A_header_given_in_several_lines_is_one_list() =>
        Assert.Equal("203.0.113.7", AddressOf(["198.51.100.1", "198.51.100.2, 203.0.113.7:51234"]));

    [Theory]
    [InlineData(0, "192.0.2.9")]
    [InlineData(1, "203.0.113.7")]
    [InlineData(2, "198.51.100.2")]
    [InlineData(3, "198.51.100.1")]
    [InlineData(9, "198.51.100.1")]
    public void As_many_hops_are_believed_as_there_are_proxies(int proxies, string expected) =>
        Assert.Equal(expected, AddressOf(["198.51.100.1, 198.51.100.2, 203.0.113.7"], proxies));

    [Theory]
    [InlineData()]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("203.0.113.7, ")]
    [InlineData("203.0.113.7.example.org")]
    [InlineData("[2001:db8::1")]
    [InlineData("203.0.113.7:port")]
    public void Without_a_readable_hop_the_connection_tells(params string[] headers) => Assert.Equal("192.0.2.9", AddressOf(headers));

    [Fact]
    public void A_connection_over_IPv6_from_an_IPv4_client_is_an_IPv4_client() =>
        Assert.Equal("192.0.2.9", AddressOf([], remote: IPAddress.Parse("::ffff:192.0.2.9")));

    [Fact]
    public void Without_services_one_proxy_is_believed()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.7";
        Assert.Equal(IPAddress.Parse("203.0.113.7"), http.Request.ClientAddress());
    }

    [Fact]
    public void Without_a_connection_there_is_no_address() => Assert.Null(new DefaultHttpContext().Request.ClientAddress());

    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("0", 0)]
    [InlineData("2", 2)]
    public void Setting_says_how_many_proxies_there_are(string? setting, int expected) => Assert.Equal(expected, TrustedProxies.From(Settings(setting)).Count);

    [Theory]
    [InlineData("-1")]
    [InlineData("one")]
    public void Setting_that_is_no_number_keeps_the_application_from_starting(string setting) =>
        Assert.Throws<InvalidOperationException>(() => TrustedProxies.From(Settings(setting)));

    private static string? AddressOf(string[] headers, int proxies = 1, IPAddress? remote = null)
    {
        var http = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddSingleton(new TrustedProxies(proxies)).BuildServiceProvider(),
        };
        http.Connection.RemoteIpAddress = remote ?? IPAddress.Parse("192.0.2.9");
        http.Request.Headers["X-Forwarded-For"] = headers;
        return http.Request.ClientAddress()?.ToString();
    }

    private static IConfiguration Settings(string? value) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Platform:TrustedProxies", value)]).Build();
}
