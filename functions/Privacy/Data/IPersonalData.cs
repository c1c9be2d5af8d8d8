using System.Text.Json.Nodes;

namespace TikTok.Functions.Privacy;

/// <summary>Whose data it is.</summary>
/// <param name="Username">What the account was called; null where that is no longer known.</param>
public sealed record Person(string UserId, string? Username);

public enum ErasureProgress
{
    /// <summary>Nothing is left.</summary>
    Done,

    /// <summary>A page is erased; there may be more.</summary>
    More,

    /// <summary>What is left is being removed by someone else.</summary>
    Waiting,
}

/// <summary>
/// One share of what is kept about people: how it is found, handed over and erased. Every call may be repeated and may break off anywhere, and
/// <see cref="EraseAsync"/> does a bounded amount of work.
/// </summary>
public interface IPersonalData
{
    /// <summary>Names the share in archives and receipts; never changed once used, for requests remember it.</summary>
    string Name { get; }

    /// <summary>The stores that it lies in, as <see cref="PersonalDataRegistry"/> declares them.</summary>
    IReadOnlyList<DataStore> Stores { get; }

    /// <summary>What the person gets of it: documents without what is the service's own (hashes of secrets, ETags). Empty where there is nothing to hand over.</summary>
    IAsyncEnumerable<JsonObject> ExportAsync(Person person, CancellationToken cancellationToken);

    Task<ErasureProgress> EraseAsync(Person person, CancellationToken cancellationToken);

    /// <summary>How much of it says anything of the person still.</summary>
    Task<long> CountAsync(Person person, CancellationToken cancellationToken);
}
