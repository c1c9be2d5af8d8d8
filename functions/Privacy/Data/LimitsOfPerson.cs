using System.Text.Json.Nodes;
using TikTok.Core;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Privacy;

/// <summary>
/// The person's rate-limit buckets. An instance tells of what it let through up to ten seconds late, and a token that lives on may read for a quarter of an hour: what
/// comes after the last search names nobody and goes by itself within a minute.
/// </summary>
public sealed class LimitsOfPerson(LimitStore limits) : IPersonalData
{
    private static readonly IReadOnlyList<RouteClass> Classes = [.. RateLimits.Table.Where(row => row.Subject == RateSubject.User).Select(row => row.Class)];

    public string Name => "limits";

    public IReadOnlyList<DataStore> Stores { get; } = [new DataStore(DataStoreKind.Container, Containers.Limits)];

    /// <summary>The state of a safeguard, and nothing that the person gave.</summary>
    public IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken) => AsyncEnumerable.Empty<JsonObject>();

    public async Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken)
    {
        foreach (var routeClass in Classes) await limits.DeleteAsync(RateBucket.KeyOf(routeClass, person.UserId), cancellationToken);
        return ErasureProgress.Done;
    }

    public async Task<long> CountAsync(Person person, CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (var routeClass in Classes)
        {
            if (await limits.FindAsync(RateBucket.KeyOf(routeClass, person.UserId), cancellationToken) is not null) count++;
        }

        return count;
    }
}
