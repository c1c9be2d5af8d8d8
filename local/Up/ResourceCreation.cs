using System.CommandLine;
using Microsoft.Extensions.Configuration;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;

namespace TikTok.Local.Up;

/// <summary>What Bicep makes in Azure, made in emulators. What is there already stays.</summary>
internal static class ResourceCreation
{
    /// <summary><c>create-resources</c>: for emulators that somebody else started, named by the environment's settings.</summary>
    public static Command CreateCommand()
    {
        var command = new Command("create-resources", "Creates the Cosmos containers, blob containers and queues in the emulators that the settings Cosmos and Storage name.");
        command.SetAction(async (_, cancellationToken) =>
            await RunAsync(new ConfigurationBuilder().AddEnvironmentVariables().Build(), cancellationToken));
        return command;
    }

    public static async Task RunAsync(IConfiguration settings, CancellationToken cancellationToken)
    {
        var clients = new AzureClients(settings);
        using var cosmos = clients.Cosmos();
        await Task.WhenAll(
            CosmosSchema.EnsureCreatedAsync(cosmos, cancellationToken),
            StorageSchema.EnsureCreatedAsync(clients.Blobs(), clients.Queues(), cancellationToken));
    }
}
