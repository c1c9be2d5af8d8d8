using System.CommandLine;

namespace TikTok.Local.Cosmos;

/// <summary><c>TikTok.Local cosmos --data DIR --port N</c>: the emulator as a process of its own.</summary>
internal static class CosmosCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder that keeps the account; created when missing.", Required = true };
        var port = new Option<int>("--port") { Description = "TCP port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 8081 };
        var command = new Command("cosmos", "Cosmos DB emulator: HTTPS, gateway mode, durable.") { data, port };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            await using var emulator = await CosmosEmulator.StartAsync(
                arguments.GetRequiredValue(data).FullName, arguments.GetValue(port), TimeProvider.System, cancellationToken);
            await Console.Out.WriteLineAsync($"cosmos listening on {emulator.Endpoint}");
            await Console.Out.FlushAsync(cancellationToken);
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Asked to stop: what was acknowledged is on disk already.
            }

            return 0;
        });
        return command;
    }
}
