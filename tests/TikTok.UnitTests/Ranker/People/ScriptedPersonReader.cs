using TikTok.Ranker.People;

namespace TikTok.UnitTests.Ranker.People;

/// <summary>A database of people that answers as a test says: at once, later, never, or with an error.</summary>
internal sealed class ScriptedPersonReader : IPersonReader
{
    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private Task _held = Task.CompletedTask;

    public string? Country { get; set; }

    public HashSet<long> Rejected { get; } = [];

    public Exception? Failure { get; set; }

    public bool Missing { get; set; }

    public IReadOnlyList<HistoryEntry> Watched { get; set; } = [];

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_lock) return [.. _calls.Order(StringComparer.Ordinal)];
        }
    }

    public TaskCompletionSource Hold()
    {
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = holding.Task;
        return holding;
    }

    public void Release() => _held = Task.CompletedTask;

    public async Task CalledAsync(string call)
    {
        while (!Calls.Contains(call)) await Task.Yield();
    }

    public async Task<PersonFacts> ReadAsync(string userId, uint now, CancellationToken cancellationToken)
    {
        await AnswerAsync(userId, cancellationToken);
        return Missing ? PersonFacts.Unknown(now) : new PersonFacts
        {
            Country = CountryCode.Of(Country),
            BirthDate = new DateOnly(1990, 1, 1),
            Followed = new HashSet<long>(),
            Rejected = Rejected.ToHashSet(),
            RejectedBy = new HashSet<long>(),
            ReadAt = now,
            CheckedAt = now,
        };
    }

    public async Task<PersonFacts> RefreshAsync(string userId, PersonFacts facts, uint now, CancellationToken cancellationToken)
    {
        await AnswerAsync($"refresh {userId}", cancellationToken);
        return facts with { Rejected = Rejected.ToHashSet(), CheckedAt = now };
    }

    public async Task<IReadOnlyList<HistoryEntry>> ReadWatchedAsync(string userId, CancellationToken cancellationToken)
    {
        await AnswerAsync($"watched {userId}", cancellationToken);
        return Watched;
    }

    private async Task AnswerAsync(string call, CancellationToken cancellationToken)
    {
        lock (_lock) _calls.Add(call);
        await _held.WaitAsync(cancellationToken);
        if (Failure is { } failure) throw failure;
    }
}
