using TikTok.Core.Events;

namespace TikTok.Simulation.Feeds;

/// <summary>What the simple feeds keep: the videos by number, and who has seen which.</summary>
internal sealed class KnownVideos
{
    private readonly List<string> _ids = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<int>> _seen = new(StringComparer.Ordinal);

    public int Count => _ids.Count;

    public string IdOf(int number) => _ids[number];

    public int Add(string videoId)
    {
        _numbers.Add(videoId, _ids.Count);
        _ids.Add(videoId);
        return _ids.Count - 1;
    }

    public IReadOnlySet<int> SeenBy(string userId) => Of(userId);

    /// <returns>The video's number when the event is a watch, which is also noted; else null.</returns>
    public int? Watched(Interaction interaction)
    {
        if (interaction is not { Type: InteractionType.Watch, VideoId: { } videoId }) return null;
        var number = _numbers[videoId];
        Of(interaction.UserId).Add(number);
        return number;
    }

    private HashSet<int> Of(string userId) => _seen.TryGetValue(userId, out var seen) ? seen : _seen[userId] = [];
}
