using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Simulation;

/// <summary>The hub <c>interactions</c> in memory: what people do becomes the events that the product's own log would have of it, in partitions by subject.</summary>
public sealed class SimulatedLog
{
    private static readonly string[] Partitions = ["0", "1", "2", "3"];

    private readonly long[] _next = new long[Partitions.Length];
    private readonly IdSource _ids;
    private DateTimeOffset _last;

    /// <param name="before">What it holds already.</param>
    public SimulatedLog(ulong seed, IReadOnlyList<LoggedInteraction> before)
    {
        _ids = new IdSource(seed ^ 0x10C, before.Count);
        foreach (var logged in before) _next[Array.IndexOf(Partitions, logged.Partition)] = logged.SequenceNumber + 1;
        if (before.Count > 0) _last = before[^1].EnqueuedAt;
    }

    /// <summary>The events of one look at one video, the watch first.</summary>
    public void Append(SwipeSession session, Clip clip, Viewing viewing, List<LoggedInteraction> events)
    {
        var video = clip.Document;
        var watch = New(InteractionType.Watch, session) with
        {
            VideoId = video.VideoId,
            Watch = new WatchFacts(viewing.WatchedMs, clip.LengthMs, WatchSource.Fyp, session.Id, viewing.WatchedMs > clip.LengthMs),
        };
        events.Add(Append(watch));
        if (viewing.Liked) events.Add(Append(New(InteractionType.Like, session) with { VideoId = video.VideoId }));
        if (viewing.Commented) events.Add(Append(New(InteractionType.Comment, session) with { VideoId = video.VideoId }));
        if (viewing.Shared) events.Add(Append(New(InteractionType.Share, session) with { VideoId = video.VideoId }));
        if (viewing.Followed) events.Add(Append(New(InteractionType.Follow, session) with { TargetUserId = video.UserId }));
    }

    public LoggedInteraction Published(Clip clip) => Append(new Interaction
    {
        Id = _ids.Next(clip.Document.CreatedAt),
        Type = InteractionType.Published,
        VideoId = clip.Document.VideoId,
        UserId = clip.Document.UserId,
        At = clip.Document.CreatedAt,
    });

    private Interaction New(InteractionType type, SwipeSession session) =>
        new() { Id = _ids.Next(session.Now), Type = type, UserId = session.Person.Profile.UserId, At = session.Now };

    private LoggedInteraction Append(Interaction interaction)
    {
        // Ids end in random bits: the last character spreads subjects evenly.
        var partition = interaction.Subject[^1] & (Partitions.Length - 1);
        _last = interaction.At > _last ? interaction.At : _last;
        return new LoggedInteraction(interaction, Partitions[partition], _next[partition]++, _last);
    }
}
