using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Events;
using TikTok.Core.Messages;
using TikTok.Core.Telemetry;
using TikTok.Functions.Accounts;
using TikTok.Functions.Analytics;
using TikTok.Functions.Feed;
using TikTok.Functions.Platform;
using TikTok.Functions.Privacy;
using TikTok.Functions.Social;
using TikTok.Functions.Social.Comments;
using TikTok.Functions.Videos;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UsePlatform();
using var telemetry = TelemetryExport.Start("functions", builder.Configuration);

// The services of Azure, by the settings that the triggers read their connections from.
builder.Services
    .AddSingleton<AzureClients>()
    .AddSingleton(services => services.GetRequiredService<AzureClients>().Cosmos())
    .AddSingleton(services => services.GetRequiredService<AzureClients>().Blobs())
    .AddSingleton(services => services.GetRequiredService<AzureClients>().Queues())
    .AddSingleton(services => services.GetRequiredService<AzureClients>().Interactions());

// The stores that several features share.
builder.Services
    .AddSingleton<AccountEdgeStore>()
    .AddSingleton<AccountStore>()
    .AddSingleton<CommentLikeStore>()
    .AddSingleton<CommentRemoval>()
    .AddSingleton<CommentStore>()
    .AddSingleton<FollowerStore>()
    .AddSingleton<InteractionLog>()
    .AddSingleton<LikeStore>()
    .AddSingleton<PrivacyQueue>()
    .AddSingleton<PrivacyRequestStore>()
    .AddSingleton<RelationStore>()
    .AddSingleton<ShareStore>()
    .AddSingleton<UserVideoStore>()
    .AddSingleton<VideoStore>();

// The features, each in its own folder.
builder.Services
    .AddPlatform(builder.Configuration)
    .AddAccounts(builder.Configuration)
    .AddAnalytics()
    .AddComments()
    .AddFeed(builder.Configuration)
    .AddPrivacy(builder.Configuration)
    .AddSocial()
    .AddVideos(builder.Configuration);

await builder.Build().RunAsync();
