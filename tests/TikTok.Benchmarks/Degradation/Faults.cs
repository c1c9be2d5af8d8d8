using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;

namespace TikTok.Benchmarks.Degradation;

/// <summary>How a dependency of the ranker is at the moment.</summary>
internal enum Condition
{
    Well,

    /// <summary>It is not there: answers with nothing at once.</summary>
    Missing,
    Throws,

    /// <summary>It takes its time, longer than a request has.</summary>
    Slow,

    /// <summary>It does not come back before it is well again.</summary>
    Hangs,
}

/// <summary>What stands before a dependency, and does to it what <see cref="Condition"/> says.</summary>
internal sealed class Switch
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(120);

    private readonly ManualResetEventSlim _well = new(initialState: true);
    private volatile Condition _condition;

    public Condition Condition
    {
        get => _condition;
        set
        {
            _condition = value;
            if (value == Condition.Hangs) _well.Reset();
            else _well.Set();
        }
    }

    /// <summary>On the caller's thread, as native code is late: nothing can end it.</summary>
    /// <returns>Whether the dependency is there.</returns>
    public bool Pass()
    {
        switch (_condition)
        {
            case Condition.Throws:
                throw new InvalidOperationException("Thrown by the benchmark.");
            case Condition.Slow:
                using (var never = new ManualResetEventSlim()) never.Wait(Slowness);
                return true;
            case Condition.Hangs:
                _well.Wait();
                return true;
            default:
                return _condition != Condition.Missing;
        }
    }
}

internal sealed class FaultyModel(IRankingModel model, Switch gate) : IRankingModel
{
    public long Version => model.Version;

    public void Score(RankingInputs inputs, Span<float> predictions)
    {
        gate.Pass();
        model.Score(inputs, predictions);
    }

    public void Dispose() => model.Dispose();
}

internal sealed class FaultyIndex(INearestVideos space, Switch gate) : INearestVideos
{
    public int Dimensions => space.Dimensions;

    public bool IsReady => gate.Condition != Condition.Missing && space.IsReady;

    public bool Embed(PersonView person, Span<float> vector) => space.Embed(person, vector);

    public int EmbedInterests(PersonView person, Span<float> vectors, Span<float> shares) => space.EmbedInterests(person, vectors, shares);

    public int Nearest<TFilter>(ReadOnlySpan<float> vector, Span<int> rows, TFilter filter)
        where TFilter : struct, Ranker.Retrieval.Hnsw.IHnswFilter => gate.Pass() ? space.Nearest(vector, rows, filter) : 0;

    public void Affinities(PersonView person, ReadOnlySpan<int> rows, Span<float> affinities) => space.Affinities(person, rows, affinities);

    public void Similarities(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> similarities) => space.Similarities(vector, rows, similarities);

    public int Similar<TFilter>(int row, Span<int> rows, TFilter filter)
        where TFilter : struct, Ranker.Retrieval.Hnsw.IHnswFilter => space.Similar(row, rows, filter);
}

/// <summary>The database behind the feature store: everybody is a grown-up who follows nobody.</summary>
internal sealed class FaultyReader(Switch gate) : IPersonReader
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(120);

    public async Task<PersonFacts> ReadAsync(string userId, uint now, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        return new PersonFacts
        {
            BirthDate = new DateOnly(1990, 1, 1),
            Followed = new HashSet<long>(),
            Rejected = new HashSet<long>(),
            RejectedBy = new HashSet<long>(),
            ReadAt = now,
            CheckedAt = now,
        };
    }

    public async Task<PersonFacts> RefreshAsync(string userId, PersonFacts facts, uint now, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        return facts with { CheckedAt = now };
    }

    public async Task<IReadOnlyList<HistoryEntry>> ReadWatchedAsync(string userId, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        return [];
    }

    private Task PassAsync(CancellationToken cancellationToken) => gate.Condition switch
    {
        Condition.Throws => throw new InvalidOperationException("Thrown by the benchmark."),
        Condition.Slow => Task.Delay(Slowness, cancellationToken),
        Condition.Hangs => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken),
        _ => Task.CompletedTask,
    };
}
