using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Platform;

/// <summary>
/// How many proxies of our own stand before the functions, each of which adds the address it was called from to the end of <c>X-Forwarded-For</c>. What
/// stands further to the left in that header was written by the client, and means nothing. Setting <c>Platform__TrustedProxies</c>.
/// </summary>
/// <param name="Count">1, App Service's front end, unless set; 2 behind Front Door; 0 where clients connect directly.</param>
public sealed record TrustedProxies(int Count = 1)
{
    /// <exception cref="InvalidOperationException">The setting is no number from 0 on.</exception>
    public static TrustedProxies From(IConfiguration configuration) => configuration["Platform:TrustedProxies"] switch
    {
        null or "" => new TrustedProxies(),
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => new TrustedProxies(count),
        var text => throw new InvalidOperationException($"Setting 'Platform__TrustedProxies' must be a number from 0 on, not '{text}'."),
    };
}

/// <summary>Where a request came from.</summary>
public static class ClientAddressExtensions
{
    private const string Header = "X-Forwarded-For";

    /// <summary>
    /// The address of the client as the outermost of our <see cref="TrustedProxies"/> saw it, else that of the connection; null when there is neither. An IPv4
    /// address is always in its IPv4 form, and an IPv6 address without a zone.
    /// </summary>
    public static IPAddress? ClientAddress(this HttpRequest request)
    {
        var proxies = request.HttpContext.RequestServices?.GetService<TrustedProxies>() ?? new TrustedProxies();
        return Forwarded(request.Headers[Header].ToString(), proxies.Count) ?? Plain(request.HttpContext.Connection.RemoteIpAddress);
    }

    /// <summary>The address that the outermost proxy added. With fewer entries than proxies the first is it: someone called an inner proxy directly.</summary>
    private static IPAddress? Forwarded(string header, int proxies)
    {
        if (header.Length == 0 || proxies == 0) return null;
        var hops = header.Split(',');
        return Parse(hops[Math.Max(0, hops.Length - proxies)].AsSpan().Trim());
    }

    /// <summary><c>203.0.113.7</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]</c>, the first and the last also with a port.</summary>
    private static IPAddress? Parse(ReadOnlySpan<char> hop) => IPEndPoint.TryParse(hop, out var endpoint) ? Plain(endpoint.Address) : null;

    private static IPAddress? Plain(IPAddress? address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } => new IPAddress(address.GetAddressBytes()),
        _ => address,
    };
}
