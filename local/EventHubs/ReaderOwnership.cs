namespace TikTok.Local.EventHubs;

/// <summary>
/// Which reader owns a partition for a consumer group. As with the service's epoch receivers: a reader with a higher epoch takes
/// over and ends the older one's read at once; one with a lower epoch is refused; at the same epoch the newcomer wins, once.
/// Ownership lives in memory: after a restart the first to read owns again.
/// </summary>
internal sealed class ReaderOwnership
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, string Partition), Owner> _owners = [];

    /// <summary>
    /// Takes or keeps ownership; null when the reader has lost it. The token is cancelled when another takes over.
    /// </summary>
    public CancellationToken? Claim(string group, string partition, string reader, long epoch)
    {
        CancellationTokenSource? ended = null;
        try
        {
            lock (_gate)
            {
                var key = (group.ToUpperInvariant(), partition);
                if (!_owners.TryGetValue(key, out var owner))
                {
                    return (_owners[key] = new Owner(reader, epoch, [])).Ended.Token;
                }

                if (owner.Reader == reader && owner.Epoch == epoch)
                {
                    return owner.Ended.Token;
                }

                if (epoch < owner.Epoch || (epoch == owner.Epoch && owner.Displaced.Contains(reader)))
                {
                    return null;
                }

                ended = owner.Ended;
                var displaced = epoch == owner.Epoch ? owner.Displaced : [];
                displaced.Add(owner.Reader);
                return (_owners[key] = new Owner(reader, epoch, displaced)).Ended.Token;
            }
        }
        finally
        {
            ended?.Cancel();
        }
    }

    private sealed record Owner(string Reader, long Epoch, HashSet<string> Displaced)
    {
        public CancellationTokenSource Ended { get; } = new();
    }
}
