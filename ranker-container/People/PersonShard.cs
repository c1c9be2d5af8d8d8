using TikTok.Ranker.Features;

namespace TikTok.Ranker.People;

/// <summary>Some of the people, in the order of their last activity. Everything here is done by whoever holds <see cref="Lock"/>.</summary>
internal sealed class PersonShard(int capacity, uint forgetAfter)
{
    private readonly Dictionary<long, Person> _people = [];
    private readonly HashSet<long> _erased = [];
    private Person? _newest;

    public Lock Lock { get; } = new();

    public int Count => _people.Count;

    /// <summary>Whoever was active longest ago.</summary>
    public Person? Oldest { get; private set; }

    public Person? Find(long user) => _people.GetValueOrDefault(user);

    /// <summary>The person, who is active at <paramref name="at"/>; whom nothing was heard of for too long, or whom there is no room for, goes.</summary>
    /// <returns>null for nobody, and for somebody whose account is gone.</returns>
    public Person? FindOrAdd(long user, uint at)
    {
        if (user == FeatureId.None || _erased.Contains(user)) return null;
        if (_people.TryGetValue(user, out var person))
        {
            Unlink(person);
        }
        else
        {
            person = new Person(user);
            _people.Add(user, person);
        }
        person.ActiveAt = Math.Max(person.ActiveAt, at);
        Link(person);
        while (Oldest != person && (_people.Count > capacity || Oldest!.ActiveAt + forgetAfter < at)) Remove(Oldest!);
        return person;
    }

    /// <summary>Somebody from a snapshot, which tells of people oldest first.</summary>
    /// <exception cref="InvalidDataException">The person is here already.</exception>
    public void Add(Person person)
    {
        if (_erased.Contains(person.User)) return;
        if (!_people.TryAdd(person.User, person)) throw new InvalidDataException("A person is there twice.");
        Link(person);
        if (_people.Count > capacity) Remove(Oldest!);
    }

    public void Erase(long user)
    {
        _erased.Add(user);
        if (_people.TryGetValue(user, out var person)) Remove(person);
    }

    /// <summary>Of everybody but those whose accounts are gone.</summary>
    public void Clear()
    {
        _people.Clear();
        (_newest, Oldest) = (null, null);
    }

    private void Remove(Person person)
    {
        _people.Remove(person.User);
        Unlink(person);
    }

    private void Link(Person person)
    {
        (person.Older, person.Newer) = (_newest, null);
        if (_newest is null) Oldest = person;
        else _newest.Newer = person;
        _newest = person;
    }

    private void Unlink(Person person)
    {
        if (person.Older is null) Oldest = person.Newer;
        else person.Older.Newer = person.Newer;
        if (person.Newer is null) _newest = person.Older;
        else person.Newer.Older = person.Older;
        (person.Older, person.Newer) = (null, null);
    }
}
