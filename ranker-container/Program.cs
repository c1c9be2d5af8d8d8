using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TikTok.Core;
using TikTok.Core.Telemetry;
using TikTok.Ranker;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Serving;

// `TikTok.Ranker` serves, `TikTok.Ranker train` learns.
var trains = args is [Roles.Train, ..];
var role = trains ? "trainer" : "ranker";
var builder = WebApplication.CreateSlimBuilder(trains ? args[1..] : args);
builder.UseHttp2();
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(services => new AzureClients(services.GetRequiredService<IConfiguration>()).Cosmos());

// Snapshots and models on their way. What lies here from before makes a start quicker; nothing is lost with it.
var directory = builder.Configuration["Ranker:Directory"] ?? Path.Combine(Path.GetTempPath(), "tiktok-ranker");
if (trains) builder.Services.AddTrainerRole(Path.Combine(directory, role));
else builder.Services.AddServerRole(Path.Combine(directory, role));

// The server's own spans go on in the trace of whoever asks.
using var telemetry = TelemetryExport.Start(role, builder.Configuration, "Microsoft.AspNetCore");

var app = builder.Build();
if (trains) app.MapTrainer();
else app.MapRanker();
await app.StartAsync();
var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
Console.WriteLine($"{role} listening on {address}");
await app.WaitForShutdownAsync();
