using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TikTok.Core;
using TikTok.Core.Telemetry;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Serving;

var builder = WebApplication.CreateSlimBuilder(args);
builder.UseHttp2();
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(services => new AzureClients(services.GetRequiredService<IConfiguration>()).Cosmos());
builder.Services.AddSingleton<Catalogue>();
builder.Services.AddSingleton<TrendingAndRecentRanker>();
builder.Services.AddSingleton<CatalogueFeed>();
builder.Services.AddHostedService(services => services.GetRequiredService<CatalogueFeed>());

// The server's own spans go on in the trace of whoever asks.
using var telemetry = TelemetryExport.Start("ranker", builder.Configuration, "Microsoft.AspNetCore");

var app = builder.Build();
app.MapRank();
await app.StartAsync();
var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
Console.WriteLine($"ranker listening on {address}");
await app.WaitForShutdownAsync();
