using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.State;

namespace TikTok.Ranker.Videos;

/// <summary>What the documents of videos say, folded into the <see cref="VideoTable"/>, and how far their change feed is read.</summary>
public sealed class VideoFold(VideoTable videos, IEnumerable<IVideoListener> listeners, TimeProvider time) : ISnapshotPart
{
    private const int Version = 1;

    private readonly IVideoListener[] _listeners = [.. listeners];

    /// <summary>
    /// By row, what the listeners were told last; 0 when nothing was. Counters are not in it: most changes are of these alone, and no listener need look at them.
    /// </summary>
    private readonly List<int> _told = [];

    /// <summary>Where the change feed goes on; null: at its beginning. All that came before is applied, and the listeners have heard of it.</summary>
    public string? Continuation { get; private set; }

    /// <summary>
    /// The moment from which on the log of interactions is applied. What happened before to a video first heard of is taken from the counters of its document; one
    /// that was published later has all of it in the log. Default: there is nothing in the log. Loading a snapshot sets it to the snapshot's time.
    /// </summary>
    public DateTimeOffset LogFrom { get; set; } = DateTimeOffset.MaxValue;

    public string Name => "videos";

    /// <summary>Takes the current state of some videos, in any order and any number of times.</summary>
    /// <param name="continuation">Where the feed goes on behind them.</param>
    public void Apply(IReadOnlyList<Video> documents, string? continuation)
    {
        var rows = documents.Count <= 1_024 ? stackalloc int[documents.Count] : new int[documents.Count];
        lock (videos.Writing)
        {
            for (var i = 0; i < documents.Count; i++) rows[i] = Write(documents[i]);
        }
        for (var i = 0; i < documents.Count; i++) Tell(rows[i], documents[i]);
        lock (videos.Writing) Continuation = continuation;
    }

    public void Save(Stream stream)
    {
        lock (videos.Writing)
        {
            using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            {
                writer.Write(Version);
                writer.Write(Continuation ?? "");
                writer.Write(time.GetUtcNow().ToUnixTimeMilliseconds());
            }
            videos.Save(stream);
        }
    }

    public void Load(Stream stream)
    {
        lock (videos.Writing)
        {
            try
            {
                using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
                if (reader.ReadInt32() != Version) throw new InvalidDataException("The videos are of another version.");
                var continuation = reader.ReadString();
                var savedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
                videos.Load(stream);
                Continuation = continuation.Length == 0 ? null : continuation;
                LogFrom = savedAt;
                _told.Clear();
            }
            catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentOutOfRangeException)
            {
                throw new InvalidDataException("The videos are damaged.", e);
            }
        }
    }

    /// <returns>The row; −1 for a video that may not be shown and never was.</returns>
    private int Write(Video document)
    {
        var row = videos.Find(FeatureId.Of(Field.Video, document.VideoId));
        if (document is not { IsListed: true, PublishedAt: { } publishedAt })
        {
            if (row >= 0) videos.Write(row).Flags &= ~VideoFlags.Listed;
            return row;
        }

        var isNew = row < 0;
        ref var video = ref videos.Add(document.VideoId, FeatureId.Of(Field.Creator, document.UserId), out row);
        video.Sound = FeatureId.Of(Field.Sound, document.SoundId);
        for (var i = 0; i < VideoHashtags.Capacity; i++) video.Hashtags[i] = i < document.Hashtags.Count ? FeatureId.Of(Field.Hashtag, document.Hashtags[i]) : FeatureId.None;
        video.PublishedAt = UnixTime.Of(publishedAt);
        video.Country = CountryCode.Of(document.OwnerCountry);
        video.DurationMs = (uint)Math.Clamp(document.Probe?.DurationMs ?? document.Upload.DurationMs, 0, uint.MaxValue);
        if (isNew && publishedAt < LogFrom) Seed(ref video, document.Counters);
        video.Flags = FlagsOf(document);
        return row;
    }

    private static VideoFlags FlagsOf(Video document) =>
        VideoFlags.Listed
        | (document.NotForTeens ? VideoFlags.NotForTeens : 0)
        | (document.OwnerShadowBanned ? VideoFlags.ShadowBanned : 0);

    /// <summary>When and how it was watched is unknown: as an average video would be, and at once when it was published.</summary>
    private static void Seed(ref VideoRow video, VideoCounters counters)
    {
        ref var statistics = ref video.Statistics;
        statistics.Impressions = counters.Views;
        statistics.WatchRatio = counters.Views * Engagement.AverageRatio;
        statistics.Finishes = counters.Views * Engagement.AverageFinishes;
        statistics.Skips = counters.Views * Engagement.AverageSkips;
        statistics.Likes = counters.Likes;
        statistics.Comments = counters.Comments;
        statistics.Shares = counters.Shares;
        VideoTable.AddTrend(ref statistics, Engagement.Of(statistics), video.PublishedAt);
    }

    private void Tell(int row, Video document)
    {
        if (row < 0) return;
        while (_told.Count <= row) _told.Add(0);
        var told = Fingerprint(document);
        if (_told[row] == told) return;

        foreach (var listener in _listeners) listener.Changed(row, document);

        // After the telling: a listener that threw is told again.
        _told[row] = told;
    }

    private static int Fingerprint(Video document)
    {
        var hash = default(HashCode);
        hash.Add(document.IsListed);
        hash.Add(document.Title);
        hash.Add(document.Description);
        hash.Add(document.SoundId);
        foreach (var hashtag in document.Hashtags) hash.Add(hashtag);
        hash.Add(document.NotForTeens);
        hash.Add(document.OwnerShadowBanned);
        hash.Add(document.Probe?.DurationMs);
        return hash.ToHashCode() | 1;
    }
}
