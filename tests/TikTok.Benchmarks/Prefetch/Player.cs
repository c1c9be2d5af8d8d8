namespace TikTok.Benchmarks.Prefetch;

/// <summary>One video of the queue in the replayed app: what is downloaded of it and how far it has played. What a policy may see.</summary>
public sealed class Player(int index, ChallengeVideo video)
{
    private readonly List<int> _renditions = [];

    /// <summary>In the whole session.</summary>
    public int Index => index;

    public ChallengeVideo Video => video;

    /// <summary>Of each chunk that was asked for, in order.</summary>
    public IReadOnlyList<int> Renditions => _renditions;

    /// <summary>Chunks that have arrived; the next to ask for.</summary>
    public int Arrived { get; private set; }

    public int Remaining => video.Chunks - Arrived;

    /// <summary>Arrived and not yet played.</summary>
    public long BufferMs { get; private set; }

    public long PlayedMs { get; private set; }

    internal int Ask(int rendition)
    {
        if (Remaining == 0) throw new InvalidOperationException($"All of video {index} has been downloaded.");
        _renditions.Add(rendition);
        return video.ChunkBytes[rendition][Arrived];
    }

    internal void Arrive()
    {
        Arrived++;
        BufferMs += ChallengeVideo.ChunkMs;
    }

    /// <returns>How long it played; less than asked for when it ran dry.</returns>
    internal long Play(long ms)
    {
        var played = Math.Min(BufferMs, ms);
        PlayedMs += played;
        BufferMs -= played;
        return played;
    }
}
