using System.Numerics;
using System.Text;
using TikTok.Ranker.Features;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.People;

/// <summary>
/// Everybody who was active lately, by the <see cref="FeatureId"/> of their id: what <see cref="PeopleFold"/> learns from the log, and the facts that
/// <see cref="FeatureStore"/> reads. Any thread may ask; nobody waits for longer than one person takes to be copied or changed.
/// </summary>
public sealed class PersonTable : ISnapshotPart, IPersonMemory, IPersonViews
{
    private const int MaxShards = 64;
    private const int PeoplePerShard = 16;
    private const int Version = 1;

    private readonly PersonShard[] _shards;
    private readonly VideoTable _videos;

    public PersonTable(PersonTableOptions options, VideoTable videos)
    {
        _videos = videos;
        options.Validated();
        var shards = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)(options.Capacity / PeoplePerShard) + 1) / 2, 1, MaxShards);
        var capacity = (options.Capacity + shards - 1) / shards;
        _shards = [.. Enumerable.Range(0, shards).Select(_ => new PersonShard(capacity, (uint)TimeSpan.FromDays(options.ForgetAfterDays).TotalSeconds))];
    }

    public string Name => "people";

    /// <summary>People remembered.</summary>
    public int Count => _shards.Sum(s => s.Count);

    /// <summary>Copies what is known of a person.</summary>
    /// <param name="userId">The account's id.</param>
    /// <param name="into">Cleared first.</param>
    /// <param name="now">Unix seconds.</param>
    /// <returns>Whether anything is; if not, the view is that of somebody unknown.</returns>
    public bool TryView(string userId, PersonView into, uint now) => TryView(userId, into, now, out _);

    /// <summary>The same by the <see cref="FeatureId"/> alone: <see cref="PersonView.AsCreator"/> is not known then.</summary>
    public void Read(long user, uint now, PersonView view) => TryView(user, FeatureId.None, view, now, out _);

    /// <param name="facts">The facts that were read last; null when none were.</param>
    internal bool TryView(string userId, PersonView into, uint now, out PersonFacts? facts) =>
        TryView(FeatureId.Of(Field.User, userId), FeatureId.Of(Field.Creator, userId), into, now, out facts);

    private bool TryView(long user, long creator, PersonView into, uint now, out PersonFacts? facts)
    {
        facts = null;
        into.Clear();
        (into.User, into.AsCreator) = (user, creator);
        var shard = ShardOf(user);
        lock (shard.Lock)
        {
            if (shard.Find(user) is not { } person) return false;
            person.CopyTo(into, now);
            facts = person.Facts;
            return true;
        }
    }

    /// <summary>Removes a person whose account is gone. What the log still tells of them is ignored from now on: ids are never used again.</summary>
    public void Forget(string userId)
    {
        var user = FeatureId.Of(Field.User, userId);
        var shard = ShardOf(user);
        lock (shard.Lock) shard.Erase(user);
    }

    /// <summary>The facts that were read last; null when none were.</summary>
    public PersonFacts? FactsOf(string userId)
    {
        var user = FeatureId.Of(Field.User, userId);
        var shard = ShardOf(user);
        lock (shard.Lock) return shard.Find(user)?.Facts;
    }

    /// <summary>Whether there may be more of what the person watched elsewhere: they are not here, or have not been here for long.</summary>
    public bool NeedsHistory(string userId)
    {
        var user = FeatureId.Of(Field.User, userId);
        var shard = ShardOf(user);
        lock (shard.Lock) return shard.Find(user)?.NeedsHistory ?? true;
    }

    /// <param name="userId">Whose facts they are.</param>
    /// <param name="facts">They replace what was there.</param>
    /// <param name="watched">What the person watched according to another memory, oldest first: taken where <see cref="NeedsHistory"/> says so; null where it was not asked.</param>
    /// <param name="now">Unix seconds.</param>
    public void SetFacts(string userId, PersonFacts facts, HistoryEntry[]? watched, uint now)
    {
        var user = FeatureId.Of(Field.User, userId);
        var shard = ShardOf(user);
        lock (shard.Lock)
        {
            if (shard.FindOrAdd(user, now) is not { } person) return;
            person.Facts = facts;
            if (watched is not null) person.Restore(watched, _videos);
        }
    }

    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        foreach (var shard in _shards)
        {
            lock (shard.Lock)
            {
                for (var person = shard.Oldest; person is not null; person = person.Newer)
                {
                    if (!person.HasActed) continue;
                    writer.Write(person.User);
                    person.Save(writer);
                }
            }
        }
        writer.Write(FeatureId.None);
    }

    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() is var version && version != Version) throw new InvalidDataException($"People of version {version}; this reads {Version}.");
        foreach (var shard in _shards)
        {
            lock (shard.Lock) shard.Clear();
        }

        // The table that wrote may have had another capacity, and so another number of shards.
        for (var user = reader.ReadInt64(); user != FeatureId.None; user = reader.ReadInt64())
        {
            var person = Person.Load(user, reader);
            var shard = ShardOf(user);
            lock (shard.Lock) shard.Add(person);
        }
    }

    internal PersonShard ShardOf(long user) => _shards[(int)((ulong)user >> 32) & (_shards.Length - 1)];
}
