using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TikTok.Ranker.Serving;

/// <summary>Which port speaks which HTTP. TLS ends at the container environment's ingress, and without it nothing tells the versions apart before the first byte: a port speaks one.</summary>
internal static class Ports
{
    /// <summary>
    /// HTTP/2 on every port, so that an instance of the functions has all its requests on one connection, begun without negotiation ("prior knowledge"); but on the
    /// one that setting <c>Probes__Port</c> names HTTP/1.1, which is all that the platform's probes know.
    /// </summary>
    public static void UseHttp2(this WebApplicationBuilder builder)
    {
        var probes = builder.Configuration.GetValue<int>("Probes:Port", -1);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
            listen => listen.Protocols = listen.IPEndPoint?.Port == probes ? HttpProtocols.Http1 : HttpProtocols.Http2));
    }
}
