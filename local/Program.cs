using System.CommandLine;
using TikTok.Local.EventHubs;

// One process per emulator: `TikTok.Local cosmos`, `TikTok.Local eventhubs`, … each can be killed and restarted alone.
// `TikTok.Local up` starts and supervises them all.
var root = new RootCommand("Azure on one machine: emulators, functions host and supervisor of the local service.");
root.Subcommands.Add(EventHubsCommand.Create());
return await root.Parse(args).InvokeAsync();
