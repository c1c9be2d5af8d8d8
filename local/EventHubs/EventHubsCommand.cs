using System.CommandLine;

namespace TikTok.Local.EventHubs;

/// <summary><c>eventhubs</c>: the Event Hubs emulator as a process of its own.</summary>
internal static class EventHubsCommand
{
    public const string DefaultKeyName = "RootManageSharedAccessKey";
    public const string DefaultKey = "SAS_KEY_VALUE";

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Where the logs live.", Required = true };
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 5672 };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of a hub created on first use.", DefaultValueFactory = _ => 4 };
        var hubs = new Option<string[]>("--hub") { Description = "NAME or NAME=PARTITIONS of a hub that exists from the start." };
        var strict = new Option<bool>("--no-create") { Description = "Answer 404 for a hub not named by --hub." };
        var retentionHours = new Option<double>("--retention-hours") { Description = "How long events are kept.", DefaultValueFactory = _ => 168 };
        var retentionBytes = new Option<long>("--retention-bytes") { Description = "How much a partition keeps; 0: no limit.", DefaultValueFactory = _ => 1L << 30 };
        var segmentBytes = new Option<long>("--segment-bytes") { Description = "Size of a log file.", DefaultValueFactory = _ => 16L << 20 };
        var key = new Option<string>("--key") { Description = "The shared access key.", DefaultValueFactory = _ => DefaultKey };
        var command = new Command("eventhubs", "Event Hubs on this machine: a durable partitioned log behind the service's HTTPS send API.")
        {
            data, port, partitions, hubs, strict, retentionHours, retentionBytes, segmentBytes, key,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new EventHubsOptions(
                parsed.GetRequiredValue(data).FullName,
                Math.Clamp(parsed.GetValue(partitions), 1, 32),
                (parsed.GetValue(hubs) ?? []).Select(hub => hub.Split('=', 2)).ToDictionary(
                    pair => pair[0],
                    pair => pair.Length == 2 ? int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture) : parsed.GetValue(partitions),
                    StringComparer.OrdinalIgnoreCase),
                !parsed.GetValue(strict),
                new PartitionLogOptions(parsed.GetValue(segmentBytes), TimeSpan.FromHours(parsed.GetValue(retentionHours)), parsed.GetValue(retentionBytes)),
                DefaultKeyName,
                parsed.GetValue(key)!);
            try
            {
                await using var server = new EventHubsServer(options, parsed.GetValue(port), TimeProvider.System);
                await server.StartAsync(cancellationToken);
                Console.WriteLine($"eventhubs listening on {server.Address}");
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 0;
            }
            catch (IOException failure)
            {
                Console.Error.WriteLine(failure.Message);
                return 1;
            }
        });
        return command;
    }
}
