namespace TikTok.Functions.Platform;

/// <summary>
/// Looks for one kind of thing that a crash can leave behind, and deals with it. It runs every five minutes beside all that goes its ordinary way: it touches only
/// what is older than anything under way, does a bounded amount in one run, and may break off anywhere.
/// </summary>
public interface ISweep
{
    /// <summary>In reports: <c>orphanUploads</c>.</summary>
    string Name { get; }

    /// <param name="position">Where the last run stopped; null: at the beginning.</param>
    Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken);
}

/// <param name="Looked">How much was looked at.</param>
/// <param name="Settled">How much of it was dealt with.</param>
/// <param name="Position">Where the next run goes on; null: at the beginning.</param>
public sealed record SweepOutcome(int Looked, int Settled, string? Position = null);
