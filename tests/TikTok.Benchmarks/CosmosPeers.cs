using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Benchmarks.Harness;
using TikTok.Local.Cosmos;

namespace TikTok.Benchmarks;

/// <summary>What an HTTPS request costs by itself: Kestrel answering a constant to HttpClient, over the same kind of connection.</summary>
internal static class EchoPeer
{
    public static async Task<LoadFigures> RunAsync(LoadLoop load, int length, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("tiktok-echo-");
        try
        {
            using var certificate = CosmosCertificate.LoadOrCreate(folder.FullName, TimeProvider.System);
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            }));
            await using var server = builder.Build();
            var body = new byte[length];
            server.Run(context =>
            {
                context.Response.ContentLength = body.Length;
                return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
            });
            await server.StartAsync(cancellationToken);
            var port = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

            var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trusted.CustomTrustStore.Add(certificate);
            using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trusted } });
            var address = new Uri($"https://127.0.0.1:{port}/");
            return await load.RunAsync((_, _) => client.GetByteArrayAsync(address, cancellationToken), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>What the disk allows by itself: so many records of the payload's length appended with one write and one fsync, over and over.</summary>
internal static class AppendPeer
{
    public static double Run(string path, int length, int recordsPerFlush, TimeSpan window, TimeProvider time, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        var records = new byte[length * recordsPerFlush];
        var start = time.GetTimestamp();
        long flushes = 0;
        while (time.GetElapsedTime(start) < window && !cancellationToken.IsCancellationRequested)
        {
            RandomAccess.Write(file, records, flushes * records.Length);
            RandomAccess.FlushToDisk(file);
            flushes++;
        }

        return flushes * recordsPerFlush / time.GetElapsedTime(start).TotalSeconds;
    }
}
