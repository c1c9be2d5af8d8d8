using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Ranking;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;

namespace TikTok.Benchmarks.Rank;

/// <summary>The ranker as it serves, on Kestrel in this process, and a client of it on one HTTP/2 connection. Nothing feeds it but <see cref="LargeRanker"/>.</summary>
internal sealed class RankServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private HttpClient? _http;

    /// <param name="change">Replaces services before anything is made.</param>
    public RankServer(int dimensions, TimeProvider time, Action<IServiceCollection>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(time).AddSingleton<IPersonSource, KnownPeople>()
            .AddRankerState(RowFormats.Half, new TowerOptions { Dimensions = dimensions }).AddRanking();
        change?.Invoke(builder.Services);
        _app = builder.Build();
        _app.MapRanker();
        Ranker = new LargeRanker(_app.Services);
    }

    public LargeRanker Ranker { get; }

    public RankService Service => _app.Services.GetRequiredService<RankService>();

    public void Serve(IRankingModel model) => _app.Services.GetRequiredService<RankingModelSlot>().Replace(model);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http = new HttpClient(new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public static byte[] Body(RankRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, CoreJson.Options);

    /// <returns>The answer's bytes.</returns>
    public async Task<byte[]> RankAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http!.PostAsync(new Uri("/rank", UriKind.Relative), content, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await _app.DisposeAsync();
    }
}
