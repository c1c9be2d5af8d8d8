namespace TikTok.Benchmarks.Prefetch;

/// <summary>Decides what to download next. One instance sees one session, step by step.</summary>
public interface IPolicy
{
    Step Next(Observation seen);
}

/// <summary>Either the next chunk of a video, or nothing for a while.</summary>
/// <param name="Video">In the session; ignored when sleeping.</param>
/// <param name="SleepMs">0 to download.</param>
public readonly record struct Step(int Video, int Rendition, int SleepMs)
{
    public static Step Download(int video, int rendition) => new(video, rendition, 0);

    public static Step Sleep(int ms) => new(0, 0, ms);
}

/// <summary>What is known before a step.</summary>
/// <param name="DelayMs">What the last step took; 0 before the first.</param>
/// <param name="Bytes">What the last step downloaded; 0 when it slept.</param>
/// <param name="Players">The video that plays and up to four that follow.</param>
public readonly record struct Observation(long DelayMs, long Bytes, IReadOnlyList<Player> Players);
