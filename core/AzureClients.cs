using Azure.Core;
using Azure.Identity;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Telemetry;

namespace TikTok.Core;

/// <summary>
/// Builds the service clients from settings, the way a Functions trigger reads its connection: a setting <c>{Connection}</c> that is a connection string
/// (local), or <c>{Connection}__blobServiceUri</c>, <c>__queueServiceUri</c>, <c>__accountEndpoint</c>, <c>__fullyQualifiedNamespace</c> with managed identity (Azure).
/// </summary>
public sealed class AzureClients(IConfiguration configuration)
{
    private readonly TokenCredential _credential = new ManagedIdentityOrDeveloperCredential(configuration["AZURE_CLIENT_ID"]);

    public BlobServiceClient Blobs() => configuration[Connections.Storage] is { Length: > 0 } connection
        ? new BlobServiceClient(connection)
        : new BlobServiceClient(new Uri(Required($"{Connections.Storage}:blobServiceUri")), _credential);

    public QueueServiceClient Queues() => configuration[Connections.Storage] is { Length: > 0 } connection
        ? new QueueServiceClient(connection)
        : new QueueServiceClient(new Uri(Required($"{Connections.Storage}:queueServiceUri")), _credential);

    public CosmosClient Cosmos()
    {
        var options = new CosmosClientOptions
        {
            ApplicationName = "TikTok",
            RequestTimeout = TimeSpan.FromSeconds(10),
            UseSystemTextJsonSerializerWithOptions = CoreJson.Options,
            CustomHandlers = { new CosmosTelemetry() },
        };
        if (configuration[Connections.Cosmos] is not { Length: > 0 } connection)
            return new CosmosClient(Required($"{Connections.Cosmos}:accountEndpoint"), _credential, options);

        // A connection string means the local emulator, which speaks the gateway protocol; in Azure the client goes to the replicas directly.
        options.ConnectionMode = ConnectionMode.Gateway;
        options.LimitToEndpoint = true;
        return new CosmosClient(connection, options);
    }

    /// <summary>The producer of the hub <see cref="Hubs.Interactions"/>.</summary>
    public EventHubProducerClient Interactions() => configuration[Connections.EventHubs] is { Length: > 0 } connection
        ? new EventHubProducerClient(connection, Hubs.Interactions)
        : new EventHubProducerClient(Required($"{Connections.EventHubs}:fullyQualifiedNamespace"), Hubs.Interactions, _credential);

    /// <summary>A reader of the hub <see cref="Hubs.Interactions"/> beside the triggers: what is computed from the log can be computed anew.</summary>
    /// <param name="group">Its consumer group.</param>
    public EventHubConsumerClient InteractionsReader(string group = EventHubConsumerClient.DefaultConsumerGroupName) =>
        configuration[Connections.EventHubs] is { Length: > 0 } connection
            ? new EventHubConsumerClient(group, connection, Hubs.Interactions)
            : new EventHubConsumerClient(group, Required($"{Connections.EventHubs}:fullyQualifiedNamespace"), Hubs.Interactions, _credential);

    private string Required(string key) => configuration[key] is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"Setting '{key.Replace(":", "__", StringComparison.Ordinal)}' (or the connection string '{key.Split(':')[0]}') is missing.");

    /// <summary>In Azure the user-assigned identity named by AZURE_CLIENT_ID; on a developer's machine whoever is signed in.</summary>
    private sealed class ManagedIdentityOrDeveloperCredential(string? clientId) : TokenCredential
    {
        private readonly Lazy<TokenCredential> _inner = new(() => clientId is { Length: > 0 }
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential());

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            _inner.Value.GetToken(requestContext, cancellationToken);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            _inner.Value.GetTokenAsync(requestContext, cancellationToken);
    }
}
