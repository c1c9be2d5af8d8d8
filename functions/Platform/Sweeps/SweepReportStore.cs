using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>The container <c>sweeps</c>: one report for each sweep, of its last run.</summary>
public sealed class SweepReportStore(CosmosClient client)
{
    private readonly Container _container = client.GetContainer(Containers.Database, Containers.Sweeps);

    public Task<SweepReport?> FindAsync(string name, CancellationToken cancellationToken) =>
        _container.FindAsync<SweepReport>(name, new PartitionKey(name), cancellationToken);

    public Task SaveAsync(SweepReport report, CancellationToken cancellationToken) =>
        _container.UpsertItemAsync(report, new PartitionKey(report.Name), cancellationToken: cancellationToken);

    /// <summary>Of every sweep that ever ran, by name.</summary>
    public async Task<IReadOnlyList<SweepReport>> ListAsync(CancellationToken cancellationToken)
    {
        var reports = await _container.ListAsync<SweepReport>(new QueryDefinition("SELECT * FROM c"), null, null, cancellationToken);
        return [.. reports.OrderBy(r => r.Name, StringComparer.Ordinal)];
    }
}
