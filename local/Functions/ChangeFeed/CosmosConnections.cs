using System.Collections.Concurrent;
using Microsoft.Azure.Cosmos;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.ChangeFeed;

/// <summary>One client per connection, in gateway mode, as the emulator demands.</summary>
internal sealed class CosmosConnections(AppSettings settings) : IDisposable
{
    private readonly ConcurrentDictionary<string, CosmosClient> _clients = new(StringComparer.Ordinal);

    public CosmosClient Get(string? connection) => _clients.GetOrAdd(
        settings.ConnectionString(connection, "CosmosDB"),
        text => new CosmosClient(text, new CosmosClientOptions
        {
            ApplicationName = "TikTok.Local.Functions",
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            RequestTimeout = TimeSpan.FromSeconds(30),
        }));

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }
}
