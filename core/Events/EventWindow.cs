using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TikTok.Core.Events;

/// <summary>
/// How far one partition of the log is counted into a document, and which events were counted last. It is written in one transaction with the count, so that
/// an event counts once: delivered again, its number is not beyond <see cref="SequenceNumber"/>; appended again by a producer that never got its answer, its
/// id is among <see cref="Recent"/>.
/// </summary>
/// <param name="SequenceNumber">Of the last event counted; all before it are counted too. -1: none.</param>
/// <param name="Recent">The ids of the last events counted, oldest first: of the last <see cref="Memory"/>, at most <see cref="Capacity"/>.</param>
/// <remarks>
/// A second copy is missed only when it comes later than <see cref="Memory"/>, or after more than <see cref="Capacity"/> others that were counted into the same
/// document. A producer gives up after ten seconds (<see cref="InteractionLog"/>), so that takes more than 25 events a second for one document.
/// Both bounds go by the log's own clock and order: how the log was cut into batches makes no difference.
/// </remarks>
public sealed record EventWindow(long SequenceNumber, IReadOnlyList<SeenEvent> Recent)
{
    public const int Capacity = 256;

    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    public static readonly EventWindow Empty = new(-1, []);

    /// <summary>Those of <paramref name="events"/> that have not been counted, and the window after they are.</summary>
    /// <param name="events">Of one partition, in its order.</param>
    public (IReadOnlyList<LoggedInteraction> Fresh, EventWindow Next) Take(IReadOnlyList<LoggedInteraction> events)
    {
        var recent = new Queue<SeenEvent>(Recent);
        var seen = Recent.Select(e => e.Key).ToHashSet(StringComparer.Ordinal);
        var fresh = new List<LoggedInteraction>(events.Count);
        var last = SequenceNumber;
        foreach (var logged in events)
        {
            if (logged.SequenceNumber <= last) continue;
            last = logged.SequenceNumber;
            var at = logged.EnqueuedAt.ToUnixTimeSeconds();
            while (recent.TryPeek(out var oldest) && oldest.At < at - (long)Memory.TotalSeconds) seen.Remove(recent.Dequeue().Key);

            var key = KeyOf(logged.Interaction.Id);
            if (!seen.Add(key)) continue;
            fresh.Add(logged);
            recent.Enqueue(new SeenEvent(key, at));
            if (recent.Count > Capacity) seen.Remove(recent.Dequeue().Key);
        }
        return (fresh, new EventWindow(last, [.. recent]));
    }

    /// <summary>64 bits of a hash: ids are of any length, and the window must stay small.</summary>
    private static string KeyOf(string id) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 8));
}

/// <param name="Key">A hash of the event's id.</param>
/// <param name="At">When the log took it, in Unix seconds.</param>
public sealed record SeenEvent(string Key, long At);
