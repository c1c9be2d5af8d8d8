using System.Globalization;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.ChangeFeed;

/// <summary>
/// Follows a container's change feed by the official client's processor, whose leases say how far each partition has come. As in Azure a batch
/// whose function fails is passed over unless a retry policy says otherwise; one that a stopping host cuts short comes again.
/// </summary>
internal sealed class ChangeFeedListener(
    HostedFunction function,
    CosmosDBTriggerAttribute trigger,
    AppSettings settings,
    FunctionInvoker invoker,
    PayloadConverter converter,
    CosmosConnections connections,
    string hostId,
    ILogger log) : ITriggerListener
{
    private static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(5);

    public string Name => $"{function.Name} (change feed)";

    public async Task RunAsync(CancellationToken stopping)
    {
        var database = settings.Resolve(trigger.DatabaseName);
        var monitored = connections.Get(trigger.Connection).GetContainer(database, settings.Resolve(trigger.ContainerName));
        var leases = await LeasesAsync(database, stopping);
        await monitored.ReadContainerAsync(cancellationToken: stopping);

        // There is one host on this machine: under its lasting name it finds its own leases again, without waiting for them to expire.
        var builder = monitored
            .GetChangeFeedProcessorBuilder(trigger.LeaseContainerPrefix ?? string.Empty, (context, changes, cancel) => HandleAsync(context, changes, stopping))
            .WithInstanceName(hostId)
            .WithLeaseContainer(leases)
            .WithPollInterval(trigger.FeedPollDelay > 0 ? Milliseconds(trigger.FeedPollDelay)!.Value : DefaultPoll)
            .WithLeaseConfiguration(Milliseconds(trigger.LeaseAcquireInterval), Milliseconds(trigger.LeaseExpirationInterval), Milliseconds(trigger.LeaseRenewInterval))
            .WithErrorNotification((lease, error) => Noted(lease, error, stopping));
        if (trigger.MaxItemsPerInvocation > 0)
        {
            builder.WithMaxItems(trigger.MaxItemsPerInvocation);
        }

        if (trigger.StartFromBeginning)
        {
            builder.WithStartTime(DateTime.MinValue.ToUniversalTime());
        }
        else if (trigger.StartFromTime is { } from)
        {
            builder.WithStartTime(DateTime.Parse(from, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).ToUniversalTime());
        }

        var processor = builder.Build();
        await processor.StartAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        finally
        {
            await processor.StopAsync();
        }
    }

    private async Task HandleAsync(ChangeFeedProcessorContext context, Stream changes, CancellationToken stopping)
    {
        // The page is {"_rid", "Documents": [...], "_count"}; functions get the array.
        using var page = await JsonDocument.ParseAsync(changes, cancellationToken: CancellationToken.None);
        var documents = page.RootElement.GetProperty("Documents");
        if (documents.GetArrayLength() == 0)
        {
            return;
        }

        var failure = await invoker.InvokeAsync(function, new Changes(documents, context.LeaseToken, converter), CancellationToken.None, stopping);

        // Throwing keeps the lease where it is: a batch that was cut short by the host's end is not a batch that failed.
        if (failure is not null)
        {
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task<Container> LeasesAsync(string monitored, CancellationToken stopping)
    {
        var client = connections.Get(trigger.LeaseConnection ?? trigger.Connection);
        var database = trigger.LeaseDatabaseName is { } name ? settings.Resolve(name) : monitored;
        var container = trigger.LeaseContainerName is { } leases ? settings.Resolve(leases) : "leases";
        if (trigger.CreateLeaseContainerIfNotExists)
        {
            await client.CreateDatabaseIfNotExistsAsync(database, cancellationToken: stopping);
            await client.GetDatabase(database).CreateContainerIfNotExistsAsync(
                container, "/id", trigger.LeasesContainerThroughput > 0 ? trigger.LeasesContainerThroughput : null, cancellationToken: stopping);
        }

        return client.GetContainer(database, container);
    }

    private Task Noted(string lease, Exception error, CancellationToken stopping)
    {
        if (!stopping.IsCancellationRequested && error is not ChangeFeedProcessorUserException)
        {
            log.LogWarning("Change feed of {Container}, lease {Lease}: {Reason}", trigger.ContainerName, lease, error.Message);
        }

        return Task.CompletedTask;
    }

    private static TimeSpan? Milliseconds(int value) => value > 0 ? TimeSpan.FromMilliseconds(value) : null;

    private sealed class Changes(JsonElement documents, string lease, PayloadConverter converter) : TriggerInput
    {
        public override string Reason => $"{documents.GetArrayLength()} changed documents, lease {lease}";

        public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken) =>
            ValueTask.FromResult(converter.Convert(BinaryData.FromString(documents.GetRawText()), target));
    }
}
