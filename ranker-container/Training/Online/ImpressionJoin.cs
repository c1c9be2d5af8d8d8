using System.Text;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// Makes examples of the log: each watch is an impression, and is joined with the like, share, comment or follow that comes of it, before it in the log or within
/// a window after it. Features are those of the moment before the watch: of the state that this fold is the first to see each event with.
/// </summary>
/// <remarks>
/// How long it was watched is known with the watch and is passed on at once; what else came of it when the window closes. By then, most impressions without an
/// action are truly without. An action that comes later still, within <see cref="OnlineTrainerOptions.LateWindow"/>, is passed on as a positive of its own with
/// features of now: of one impression there is then a negative and a positive, by which a rate p of which a share d comes late is learned as p ÷ (1 + p·d). That is
/// close, for p is small. Time is that of the log, so that the same log gives the same examples.
/// </remarks>
public sealed class ImpressionJoin : IInteractionFold, ISnapshotPart
{
    private const int Version = 1;
    private const int NoPlace = -1;

    private static readonly Head[] WatchHeads = [Head.Finish, Head.WatchRatio, Head.Skip];
    private static readonly Head[] ActionHeads = [Head.Like, Head.Share, Head.Comment, Head.Follow];

    private readonly VideoTable _videos;
    private readonly FeatureExtractor _extractor;
    private readonly IPersonViews _people;
    private readonly INearestVideos? _nearest;
    private readonly IExampleSink _sink;
    private readonly OnlineTrainerOptions _options;
    private readonly PersonView _person = new();
    private readonly float[] _vector;

    /// <summary>A ring in the order of the log; the last place is for examples that are passed on at once.</summary>
    private readonly Examples _examples;
    private readonly Pending[] _pending;
    private readonly Dictionary<long, int> _places = [];
    private readonly ExpiringKeys _early;
    private readonly ExpiringKeys _closed;
    private int _first;
    private int _count;

    /// <param name="nearest">Whose similarities and affinities serving gives the model; null where it gives 0.</param>
    public ImpressionJoin(
        VideoTable videos, FeatureExtractor extractor, IPersonViews people, INearestVideos? nearest, IExampleSink sink, OnlineTrainerOptions options)
    {
        (_videos, _extractor, _people, _nearest, _sink, _options) = (videos, extractor, people, nearest, sink, options);
        _vector = new float[nearest?.Dimensions ?? 0];
        _examples = new Examples(options.MaxPending + 1);
        _pending = new Pending[options.MaxPending];
        _early = new ExpiringKeys((uint)options.Window.TotalSeconds, options.MaxRemembered);
        _closed = new ExpiringKeys((uint)options.LateWindow.TotalSeconds, options.MaxRemembered);
    }

    public string Name => "impressions";

    /// <summary>Impressions whose window is open.</summary>
    public int Open => _count;

    public JoinCounters Counters { get; } = new();

    public void Apply(LoggedInteraction logged)
    {
        var (interaction, now) = (logged.Interaction, (uint)logged.EnqueuedAt.ToUnixTimeSeconds());
        Close(now);
        var user = FeatureId.Of(Field.User, interaction.UserId);
        var video = FeatureId.Of(Field.Video, interaction.VideoId);
        switch (interaction.Type)
        {
            case InteractionType.Watch when interaction.Watch is { } watch:
                Watched(interaction, user, video, watch, now);
                break;
            case InteractionType.Like:
                Acted(user, video, Head.Like, now);
                break;
            case InteractionType.Unlike:
                TakenBack(user, video, Head.Like);
                break;
            case InteractionType.Share:
                Acted(user, video, Head.Share, now);
                break;
            case InteractionType.Comment:
                Acted(user, video, Head.Comment, now);
                break;
            case InteractionType.Follow:
                Acted(user, FeatureId.Of(Field.Creator, interaction.TargetUserId), Head.Follow, now);
                break;
            case InteractionType.Unfollow:
                TakenBack(user, FeatureId.Of(Field.Creator, interaction.TargetUserId), Head.Follow);
                break;
        }
    }

    /// <summary>Closes every window: the log ends here.</summary>
    public void CloseAll(uint now)
    {
        while (_count > 0) CloseFirst(now);
    }

    /// <summary>Drops the open impressions of a person who left: nothing more is learned from them.</summary>
    public void Forget(long user)
    {
        for (var i = 0; i < _count; i++)
        {
            var place = (_first + i) % _pending.Length;
            ref var pending = ref _pending[place];
            if (pending.User != user) continue;
            Unpoint(pending, place);
            pending.User = FeatureId.None;
        }
    }

    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(_count);
        for (var i = 0; i < _count; i++)
        {
            var place = (_first + i) % _pending.Length;
            ref readonly var pending = ref _pending[place];
            writer.Write(pending.User);
            writer.Write(pending.Video);
            writer.Write(pending.Creator);
            writer.Write(pending.ClosesAt);
            _examples.Save(writer, place);
        }
        _early.Save(writer);
        _closed.Save(writer);
    }

    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() is var version and not Version) throw new InvalidDataException($"The impressions have version {version}; this program reads {Version}.");
        var count = reader.ReadInt32();
        if (count > _pending.Length) throw new InvalidDataException($"There are {count:N0} open impressions, and room for {_pending.Length:N0}.");
        (_first, _count) = (0, 0);
        _places.Clear();
        for (; _count < count; _count++)
        {
            _pending[_count] = new Pending(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32());
            _examples.Load(reader, _count);
            Point(_pending[_count], _count);
        }
        _early.Load(reader);
        _closed.Load(reader);
    }

    private void Watched(Interaction interaction, long user, long video, WatchFacts watch, uint now)
    {
        var row = _videos.Find(video);
        if (row < 0)
        {
            Counters.Unknown++;
            return;
        }

        // Of what people watch of their own nothing is to be learned.
        if (_videos[row].Creator == FeatureId.Of(Field.Creator, interaction.UserId)) return;
        if (_count == _pending.Length)
        {
            CloseFirst(now);
            Counters.ClosedEarly++;
        }
        var place = (_first + _count++) % _pending.Length;
        _pending[place] = new Pending(user, video, _videos[row].Creator, now + (uint)_options.Window.TotalSeconds);
        Extract(user, row, now, place);
        Counters.Impressions++;

        // The video's own length goes before what a client says it is.
        var ratio = Swipe.Ratio(watch.WatchDurationMs, _videos[row].DurationMs > 0 ? _videos[row].DurationMs : watch.TotalDurationMs);
        var labels = _examples.Labels(place);
        labels[(int)Head.Finish] = ratio >= Swipe.FinishRatio ? 1 : 0;
        labels[(int)Head.WatchRatio] = ratio / Swipe.MaxRatio;
        labels[(int)Head.Skip] = Swipe.IsSkip(watch.WatchDurationMs, ratio) ? 1 : 0;
        foreach (var head in WatchHeads) _examples.Weights(place)[(int)head] = 1;
        _sink.Take(_examples, place, ExampleKind.Watched, now);

        // From here on it is an example of the other heads.
        _examples.Weights(place).Clear();
        foreach (var head in ActionHeads) _examples.Weights(place)[(int)head] = 1;
        Point(_pending[place], place);
        TakeEarly(Key(user, video), place);
        TakeEarly(Key(user, _videos[row].Creator), place);
    }

    private void Acted(long user, long subject, Head head, uint now)
    {
        var key = Key(user, subject);
        if (_places.TryGetValue(key, out var place))
        {
            _examples.Labels(place)[(int)head] = 1;
        }
        else if (_closed.TryGet(key, out var video) && _videos.Find(video) is var row and >= 0)
        {
            var last = _pending.Length;
            Extract(user, row, now, last);
            _examples.Labels(last)[(int)head] = 1;
            _examples.Weights(last)[(int)head] = _options.LateWeight;
            Counters.Late++;
            _sink.Take(_examples, last, ExampleKind.Late, now);
        }
        else
        {
            // A player tells of a watch when it is over: the like that fell in between is in the log before it.
            _early.Set(key, (_early.TryGet(key, out var before) ? before : 0) | (1L << (int)head), now);
        }
    }

    private void TakenBack(long user, long subject, Head head)
    {
        var key = Key(user, subject);
        if (_places.TryGetValue(key, out var place)) _examples.Labels(place)[(int)head] = 0;
        else if (_early.TryGet(key, out var heads)) _early.Change(key, heads & ~(1L << (int)head));
    }

    private void TakeEarly(long key, int place)
    {
        if (!_early.TryGet(key, out var heads)) return;
        foreach (var head in ActionHeads)
        {
            if ((heads >> (int)head & 1) != 0) _examples.Labels(place)[(int)head] = 1;
        }
        _early.Remove(key);
    }

    private void Close(uint now)
    {
        while (_count > 0 && _pending[_first].ClosesAt <= now) CloseFirst(now);
        _early.Expire(now);
        _closed.Expire(now);
    }

    private void CloseFirst(uint now)
    {
        var (place, pending) = (_first, _pending[_first]);
        _first = (_first + 1) % _pending.Length;
        _count--;
        if (pending.User == FeatureId.None) return;
        Unpoint(pending, place);
        var closedAt = Math.Min(now, pending.ClosesAt);
        _closed.Set(Key(pending.User, pending.Video), pending.Video, closedAt);
        _closed.Set(Key(pending.User, pending.Creator), pending.Video, closedAt);
        _sink.Take(_examples, place, ExampleKind.Closed, now);
    }

    private void Extract(long user, int row, uint now, int place)
    {
        _people.Read(user, now, _person);
        Span<float> similarity = [0];
        Span<float> affinity = [0];
        if (_nearest is not null)
        {
            _nearest.Embed(_person, _vector);
            _nearest.Similarities(_vector, [row], similarity);
            _nearest.Affinities(_person, [row], affinity);
        }
        _extractor.Extract(
            _person, row, similarity[0], affinity[0], now,
            _examples.UserDense(place), _examples.VideoDense(place), _examples.CrossDense(place), _examples.Ids(place), _examples.SlotWeights(place));
        _examples.Labels(place).Clear();
        _examples.Weights(place).Clear();
    }

    /// <summary>An action is joined with the last impression of its video, or of its creator.</summary>
    private void Point(in Pending pending, int place)
    {
        _places[Key(pending.User, pending.Video)] = place;
        _places[Key(pending.User, pending.Creator)] = place;
    }

    private void Unpoint(in Pending pending, int place)
    {
        foreach (var key in (ReadOnlySpan<long>)[Key(pending.User, pending.Video), Key(pending.User, pending.Creator)])
        {
            if (_places.GetValueOrDefault(key, NoPlace) == place) _places.Remove(key);
        }
    }

    /// <summary>Ids are hashes already; a person and a video are not the same as a video and a person.</summary>
    private static long Key(long user, long subject) => (long)(((ulong)user * 0x9E3779B97F4A7C15) ^ (ulong)subject);

    private record struct Pending(long User, long Video, long Creator, uint ClosesAt);
}

/// <summary>What became of the log's events. Written by one thread, read by any.</summary>
public sealed class JoinCounters
{
    public long Impressions { get; internal set; }

    /// <summary>Watches of videos that the table does not have.</summary>
    public long Unknown { get; internal set; }

    /// <summary>Windows closed before their time, because there were too many.</summary>
    public long ClosedEarly { get; internal set; }

    /// <summary>Actions that came after their impression's window.</summary>
    public long Late { get; internal set; }
}
