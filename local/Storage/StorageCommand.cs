using System.CommandLine;

namespace TikTok.Local.Storage;

/// <summary><c>storage</c>: Azurite, supervised, behind the gateway.</summary>
internal static class StorageCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Azurite's workspace.", Required = true };
        var blobPort = new Option<int>("--blob-port") { Description = "Blob port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 10000 };
        var queuePort = new Option<int>("--queue-port") { Description = "Queue port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 10001 };
        var modules = new Option<DirectoryInfo?>("--node-modules") { Description = "The folder that holds Azurite; found from the program's own place by default." };
        var command = new Command("storage", "Blob and Queue Storage on this machine: Azurite behind a gateway with faults and events.")
        {
            data, blobPort, queuePort, modules,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var nodeModules = parsed.GetValue(modules)?.FullName ?? FindNodeModules();
            if (nodeModules is null)
            {
                Console.Error.WriteLine("Azurite is not installed: run `npm ci` in the folder local/, where package-lock.json pins it.");
                return 1;
            }

            try
            {
                using var workspace = await AzuriteWorkspace.TakeAsync(parsed.GetRequiredValue(data).FullName, cancellationToken);
                await using var gateway = new StorageGateway(
                    new AzuriteProcess(workspace, nodeModules, TimeProvider.System),
                    parsed.GetValue(blobPort), parsed.GetValue(queuePort), TimeProvider.System);
                await gateway.StartAsync(cancellationToken);
                Console.WriteLine($"storage listening on {gateway.Blob} and {gateway.Queue}");
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 0;
            }
            catch (Exception failure) when (failure is InvalidOperationException or IOException or TimeoutException)
            {
                Console.Error.WriteLine(failure.Message);
                return 1;
            }
        });
        return command;
    }

    // The program lies in some bin folder of the repository: of local/ itself, or of the tests.
    private static string? FindNodeModules()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { "node_modules", Path.Combine("local", "node_modules") })
            {
                var modules = Path.Combine(folder.FullName, candidate);
                if (Directory.Exists(Path.Combine(modules, "azurite")))
                {
                    return modules;
                }
            }
        }

        return null;
    }
}
