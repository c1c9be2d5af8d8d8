using System.Globalization;

namespace TikTok.Core.Documents;

/// <summary>
/// The id of a comment, in the API and in the container: <c>{root}.{depth}.{sequence}</c>, the root being <c>{videoId}-{id}</c>. A comment directly under the
/// video is its root alone; everything below it has depth 1 and the next number of that root.
/// </summary>
/// <remarks>
/// The ordinal order of ids in a video is reading order: a root, its replies in the order in which they were taken, the next root. The number therefore has
/// a fixed width, and so has everything before it.
/// </remarks>
/// <param name="VideoId">The partition.</param>
/// <param name="Thread">What tells the root from the video's other roots: an <see cref="Id"/>.</param>
/// <param name="Sequence">1 to <see cref="MaxSequence"/> for a reply; 0 for the root.</param>
public readonly record struct CommentId(string VideoId, string Thread, int Sequence)
{
    public const int MaxSequence = 99_999_999;

    private const int RootLength = (2 * Id.Length) + 1;
    private const int SequenceDigits = 8;
    private const string ReplyDepth = ".1.";

    public bool IsRoot => Sequence == 0;

    /// <summary>The comment directly under the video that this one belongs to; a root's is itself.</summary>
    public CommentId Root => this with { Sequence = 0 };

    public static CommentId NewRoot(string videoId, TimeProvider time) => new(videoId, Id.New(time), 0);

    /// <summary>The reply of this number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A thread has no more numbers than <see cref="MaxSequence"/>.</exception>
    public CommentId Reply(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, MaxSequence);
        return this with { Sequence = sequence };
    }

    /// <summary>null when the text is no such id, to the letter; says nothing of whether there is such a comment.</summary>
    public static CommentId? Parse(string? text)
    {
        if (text is not { Length: RootLength or (RootLength + 3 + SequenceDigits) } || text[Id.Length] != '-') return null;
        var (videoId, thread) = (text[..Id.Length], text[(Id.Length + 1)..RootLength]);
        if (!Id.IsValid(videoId) || !Id.IsValid(thread)) return null;

        var root = new CommentId(videoId, thread, 0);
        var rest = text.AsSpan(RootLength);
        if (rest.Length == 0) return root;

        // A number may end in null characters, as int.TryParse sees it; an id may not.
        return rest.StartsWith(ReplyDepth, StringComparison.Ordinal) && !rest[ReplyDepth.Length..].ContainsAnyExceptInRange('0', '9')
            && int.TryParse(rest[ReplyDepth.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0
            ? root with { Sequence = sequence }
            : null;
    }

    public override string ToString() => IsRoot
        ? $"{VideoId}-{Thread}"
        : string.Create(CultureInfo.InvariantCulture, $"{VideoId}-{Thread}{ReplyDepth}{Sequence:D8}");
}
