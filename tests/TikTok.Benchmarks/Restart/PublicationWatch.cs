using TikTok.Ranker.Publishing;

namespace TikTok.Benchmarks.Restart;

/// <summary>Looks twice a second at what is published, as servers do.</summary>
internal sealed class PublicationWatch(IModelFiles files, string directory, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public Publication? Newest { get; private set; }

    /// <summary>Publications seen.</summary>
    public int Seen { get; private set; }

    /// <summary>Times that one was older than the one before it, or had an older model.</summary>
    public int Older { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await Publication.ReadAsync(files, directory, CancellationToken.None) is { } read && read.Version != Newest?.Version)
            {
                if (read.Version < Newest?.Version || (read.Model?.Version ?? 0) < (Newest?.Model?.Version ?? 0)) Older++;
                (Newest, Seen) = (read, Seen + 1);
            }
            await Task.Delay(Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is published at this moment.</summary>
    public async Task<Publication> ReadAsync(CancellationToken cancellationToken) =>
        await Publication.ReadAsync(files, $"{directory}-now", cancellationToken) ?? throw new InvalidOperationException("Nothing is published any more.");
}
