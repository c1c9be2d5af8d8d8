using System.CommandLine;
using TikTok.Local.ApiDocs;
using TikTok.Local.Cosmos;
using TikTok.Local.EventHubs;
using TikTok.Local.Functions;
using TikTok.Local.Jobs;
using TikTok.Local.Passwords;
using TikTok.Local.Storage;
using TikTok.Local.Up;

// One process per emulator: `TikTok.Local cosmos`, `TikTok.Local eventhubs`, … each can be killed and restarted alone.
// `TikTok.Local up` starts and supervises them all.
var root = new RootCommand("Azure on one machine: emulators, functions host and supervisor of the local service.");
root.Subcommands.Add(ApiDocsCommand.Create());
root.Subcommands.Add(CosmosCommand.Create());
root.Subcommands.Add(EventHubsCommand.Create());
root.Subcommands.Add(FunctionsCommand.Create());
root.Subcommands.Add(JobsCommand.Create());
root.Subcommands.Add(PasswordsCommand.Create());
root.Subcommands.Add(RolesCommand.Create());
root.Subcommands.Add(StorageCommand.Create());
root.Subcommands.Add(ResourceCreation.CreateCommand());
root.Subcommands.Add(UpCommand.Create());

// What drains on SIGTERM takes longer than the two seconds that the library allows by default.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
