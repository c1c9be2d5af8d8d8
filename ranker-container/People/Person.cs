using System.Runtime.InteropServices;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.People;

/// <summary>What is remembered of one person. Whoever reads or changes it holds the lock of its shard, but for <see cref="Watched"/>.</summary>
internal sealed class Person(long user)
{
    /// <summary>A pause this long ends a session.</summary>
    public const uint SessionPause = 30 * 60;

    /// <summary>A like may be told before the swipe that it was part of, which is told when it is over.</summary>
    private const uint EarlyWindow = 30 * 60;

    private const int EarlyCapacity = 8;
    private const int LeastHistory = 4;

    private TasteList _creators = new();
    private TasteList _sounds = new();
    private TasteList _hashtags = new();
    private HistoryEntry[] _history = [];
    private int _historyCount;
    private List<HistoryEntry>? _early;
    private bool _isRestored;
    private int _sessionSwipes;
    private uint _lastSwipeAt;

    public long User => user;

    public int Swipes { get; private set; }

    /// <summary>Whether there is anything to keep: facts are read again.</summary>
    public bool HasActed => Swipes > 0 || _early is not null;

    /// <summary>When something of the person was last heard, in Unix seconds.</summary>
    public uint ActiveAt { get; set; }

    /// <summary>null until they were read.</summary>
    public PersonFacts? Facts { get; set; }

    /// <summary>Whether there may be more of the person's history elsewhere.</summary>
    public bool NeedsHistory => !_isRestored && Swipes < PersonView.HistoryCapacity;

    public WatchedVideos Watched { get; } = new();

    /// <summary>The neighbours in the order of last activity.</summary>
    public Person? Newer { get; set; }

    public Person? Older { get; set; }

    private Span<HistoryEntry> History => _history.AsSpan(0, _historyCount);

    public void Swipe(long video, float ratio, bool skipped, uint at, in VideoRow row)
    {
        // The log may tell of a swipe twice.
        foreach (ref readonly var entry in History)
        {
            if (entry.Video == video && entry.At == at) return;
        }
        var signals = (skipped ? SwipeSignals.Skipped : 0) | (ratio >= Videos.Swipe.FinishRatio ? SwipeSignals.Finished : 0) | TakeEarly(video, row.Creator, at);
        Remember(new HistoryEntry(video, ratio, signals, at));
        Watched.Add(video);
        Count(at);
        Learn(row, TasteWeights.OfWatch(ratio, skipped));
    }

    /// <summary>A like, share or comment: joins the swipe it was part of, or waits for it.</summary>
    public void Act(long video, SwipeSignals action, uint at, in VideoRow row)
    {
        if (!Mark(video, action, at)) return;
        Add(row, TasteWeights.Rate * TasteWeights.OfActions(action));
    }

    /// <summary>Takes a like back. Of one that lies beyond the history, what it had taught is mostly forgotten, and stays.</summary>
    public void TakeBack(long video, SwipeSignals action, in VideoRow row)
    {
        if (Unmark(video, action)) Add(row, -TasteWeights.Rate * TasteWeights.OfActions(action));
    }

    /// <summary>Follows a creator, on account of <paramref name="video"/> where that is known.</summary>
    public void Follow(long creator, long video, uint at)
    {
        // Until the swipe is told of, the follow waits under the creator's id.
        if (!Mark(video == FeatureId.None ? creator : video, SwipeSignals.Followed, at)) return;
        _creators.Add(creator, TasteWeights.Rate * TasteWeights.OfFollow);
        if (Facts?.Followed.Contains(creator) == false) Facts = Facts with { Followed = Facts.Followed.Append(creator).ToHashSet() };
    }

    public void Unfollow(long creator, long video)
    {
        if (Unmark(video == FeatureId.None ? creator : video, SwipeSignals.Followed)) _creators.Add(creator, -TasteWeights.Rate * TasteWeights.OfFollow);
        if (Facts?.Followed.Contains(creator) == true) Facts = Facts with { Followed = Facts.Followed.Where(c => c != creator).ToHashSet() };
    }

    /// <summary>The newest of the last few swipes at a creator's videos; None when there is none.</summary>
    public long LastVideoBy(long creator, VideoTable videos)
    {
        const int Looked = 16;
        foreach (ref readonly var entry in History[..Math.Min(_historyCount, Looked)])
        {
            if (videos.Find(entry.Video) is var row and >= 0 && videos[row].Creator == creator) return entry.Video;
        }
        return FeatureId.None;
    }

    /// <summary>Fills in what the person watched before, according to another memory. Only once: from then on this one is whole.</summary>
    /// <param name="oldestFirst">What is known here already is passed over.</param>
    public void Restore(ReadOnlySpan<HistoryEntry> oldestFirst, VideoTable videos)
    {
        if (!NeedsHistory) return;
        _isRestored = true;
        foreach (ref readonly var entry in oldestFirst)
        {
            if (Watched.Contains(entry.Video)) continue;
            Remember(entry);
            Watched.Add(entry.Video);
            Swipes++;
            var row = videos.Find(entry.Video) is var number and >= 0 ? videos[number] : default;
            Learn(row, TasteWeights.OfWatch(entry.Ratio, entry.Signals.HasFlag(SwipeSignals.Skipped)));
        }
    }

    public void CopyTo(PersonView view, uint now)
    {
        view.Swipes = Swipes;
        view.SessionSwipes = now > _lastSwipeAt + SessionPause ? 0 : _sessionSwipes;
        view.SetHistory(History);
        _creators.CopyTo(view.Creators);
        _sounds.CopyTo(view.Sounds);
        _hashtags.CopyTo(view.Hashtags);
        view.Watched = Watched;
        if (Facts is not { } facts) return;

        Span<long> interests = stackalloc long[Math.Min(facts.Interests.Count, PersonView.InterestCapacity)];
        for (var i = 0; i < interests.Length; i++) interests[i] = facts.Interests[i];
        view.SetInterests(interests);
        (view.Country, view.IsTeen, view.IsStale) = (facts.Country, facts.IsTeen(now), facts.IsStale(now));
        (view.Followed, view.Avoided) = (facts.Followed, facts.Avoided);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(ActiveAt);
        writer.Write(Swipes);
        writer.Write(_isRestored);
        writer.Write(_sessionSwipes);
        writer.Write(_lastSwipeAt);
        Save(writer, History);
        Save(writer, _early is null ? [] : CollectionsMarshal.AsSpan(_early));
        _creators.Save(writer);
        _sounds.Save(writer);
        _hashtags.Save(writer);
        Watched.Save(writer);
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save(BinaryWriter)"/> wrote.</exception>
    public static Person Load(long user, BinaryReader reader)
    {
        var person = new Person(user) { ActiveAt = reader.ReadUInt32(), Swipes = reader.ReadInt32(), _isRestored = reader.ReadBoolean() };
        (person._sessionSwipes, person._lastSwipeAt) = (reader.ReadInt32(), reader.ReadUInt32());
        person._history = LoadEntries(reader, PersonView.HistoryCapacity);
        person._historyCount = person._history.Length;
        person._early = LoadEntries(reader, EarlyCapacity) is { Length: > 0 } early ? [.. early] : null;
        (person._creators, person._sounds, person._hashtags) = (TasteList.Load(reader), TasteList.Load(reader), TasteList.Load(reader));
        person.Watched.Load(reader);
        return person;
    }

    private static void Save(BinaryWriter writer, ReadOnlySpan<HistoryEntry> entries)
    {
        writer.Write((byte)entries.Length);
        foreach (ref readonly var entry in entries)
        {
            writer.Write(entry.Video);
            writer.Write(entry.Ratio);
            writer.Write((byte)entry.Signals);
            writer.Write(entry.At);
        }
    }

    private static HistoryEntry[] LoadEntries(BinaryReader reader, int most)
    {
        var entries = new HistoryEntry[reader.ReadByte()];
        if (entries.Length > most) throw new InvalidDataException($"There are {entries.Length} swipes where {most} are the most.");
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new HistoryEntry(reader.ReadInt64(), reader.ReadSingle(), (SwipeSignals)reader.ReadByte(), reader.ReadUInt32());
        return entries;
    }

    private void Count(uint at)
    {
        Swipes++;
        _sessionSwipes = at > _lastSwipeAt + SessionPause ? 1 : _sessionSwipes + 1;
        _lastSwipeAt = Math.Max(_lastSwipeAt, at);
    }

    /// <summary>Newest first. The partitions of the log are read side by side, so that an older swipe may come after a newer one.</summary>
    private void Remember(HistoryEntry entry)
    {
        var at = 0;
        while (at < _historyCount && _history[at].At > entry.At) at++;
        if (at == PersonView.HistoryCapacity) return;
        if (_historyCount == _history.Length && _historyCount < PersonView.HistoryCapacity)
            Array.Resize(ref _history, Math.Clamp(_historyCount * 2, LeastHistory, PersonView.HistoryCapacity));
        _historyCount = Math.Min(_historyCount + 1, PersonView.HistoryCapacity);
        _history.AsSpan(at, _historyCount - 1 - at).CopyTo(_history.AsSpan(at + 1));
        _history[at] = entry;
    }

    /// <returns>Whether the action is new.</returns>
    private bool Mark(long video, SwipeSignals action, uint at)
    {
        foreach (ref var entry in History)
        {
            if (entry.Video != video) continue;
            var isNew = !entry.Signals.HasFlag(action);
            entry = entry with { Signals = entry.Signals | action };
            return isNew;
        }
        _early ??= new List<HistoryEntry>(EarlyCapacity);
        var index = EarlyIndexOf(video);
        if (index >= 0)
        {
            var early = _early[index];
            _early[index] = early with { Signals = early.Signals | action };
            return !early.Signals.HasFlag(action);
        }
        if (_early.Count == EarlyCapacity) _early.RemoveAt(0);
        _early.Add(new HistoryEntry(video, 0, action, at));
        return true;
    }

    /// <returns>Whether the action was there.</returns>
    private bool Unmark(long video, SwipeSignals action)
    {
        foreach (ref var entry in History)
        {
            if (entry.Video != video) continue;
            var was = entry.Signals.HasFlag(action);
            entry = entry with { Signals = entry.Signals & ~action };
            return was;
        }
        var index = EarlyIndexOf(video);
        if (index < 0) return false;
        var early = _early![index];
        _early[index] = early with { Signals = early.Signals & ~action };
        return early.Signals.HasFlag(action);
    }

    private int EarlyIndexOf(long video)
    {
        for (var i = 0; i < _early?.Count; i++)
        {
            if (_early[i].Video == video) return i;
        }
        return -1;
    }

    private SwipeSignals TakeEarly(long video, long creator, uint at)
    {
        if (_early is null) return SwipeSignals.None;
        var signals = SwipeSignals.None;
        for (var i = _early.Count - 1; i >= 0; i--)
        {
            var early = _early[i];
            if (Math.Abs((long)at - early.At) > EarlyWindow)
            {
                if (early.At < at) _early.RemoveAt(i);
            }
            else if (early.Video == video || (early.Video == creator && creator != FeatureId.None))
            {
                signals |= early.Signals;
                _early.RemoveAt(i);
            }
        }
        if (_early.Count == 0) _early = null;
        return signals;
    }

    private void Learn(in VideoRow row, float signal)
    {
        _creators.Decay(TasteWeights.DecayPerSwipe);
        _sounds.Decay(TasteWeights.DecayPerSwipe);
        _hashtags.Decay(TasteWeights.DecayPerSwipe);
        _creators.Learn(row.Creator, TasteWeights.Rate, signal);
        _sounds.Learn(row.Sound, TasteWeights.Rate, signal);
        foreach (var hashtag in row.Hashtags) _hashtags.Learn(hashtag, TasteWeights.Rate, signal);
    }

    private void Add(in VideoRow row, float amount)
    {
        _creators.Add(row.Creator, amount);
        _sounds.Add(row.Sound, amount);
        foreach (var hashtag in row.Hashtags) _hashtags.Add(hashtag, amount);
    }
}
