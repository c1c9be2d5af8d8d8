namespace TikTok.Ranker.People;

/// <summary>People as the log alone tells of them: where there is no store to ask, as in a simulation.</summary>
public sealed class KnownPeople(PersonTable people) : IPersonSource
{
    public ValueTask ReadAsync(string userId, uint now, TimeSpan budget, PersonView into)
    {
        people.TryView(userId, into, now);
        into.IsStale = false;
        return ValueTask.CompletedTask;
    }
}
