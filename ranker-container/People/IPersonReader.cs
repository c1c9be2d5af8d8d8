namespace TikTok.Ranker.People;

/// <summary>Reads of people what the log does not tell. Slow, and may fail.</summary>
public interface IPersonReader
{
    /// <param name="now">Unix seconds.</param>
    /// <returns><see cref="PersonFacts.Unknown"/> where there is no such account, or none yet.</returns>
    Task<PersonFacts> ReadAsync(string userId, uint now, CancellationToken cancellationToken);

    /// <summary>Only what has to be heeded soon: whom the person rejects. The rest is as it was.</summary>
    Task<PersonFacts> RefreshAsync(string userId, PersonFacts facts, uint now, CancellationToken cancellationToken);

    /// <summary>What the person watched last, oldest first.</summary>
    Task<IReadOnlyList<HistoryEntry>> ReadWatchedAsync(string userId, CancellationToken cancellationToken);
}
