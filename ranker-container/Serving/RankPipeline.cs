using TikTok.Core.Telemetry;
using TikTok.Ranker.Experiments;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Reranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>
/// A request from the person to the page: what is known of them, candidates, predictions, values, the page. Each stage looks at the time that is left and does what fits
/// into it; what it had to do without is in <see cref="RankAnswer.Degradations"/>.
/// </summary>
public sealed class RankPipeline(
    RankingExperiments experiments,
    IPersonSource people,
    INearestVideos nearest,
    Retriever retriever,
    FeatureExtractor extractor,
    RankingModelSlot models,
    VideoTable videos,
    TimeProvider time,
    ILogger<RankPipeline> logger)
{
    /// <summary>Ranking fewer than this is no better than not ranking.</summary>
    private const int FewestRanked = 200;

    /// <summary>How much the newest request counts in what a candidate is expected to take.</summary>
    private const double Newest = 0.1;

    private readonly StageGuard _index = new("index", time, logger);
    private readonly StageGuard _ranking = new("ranking", time, logger);
    private double _ticksPerCandidate;

    public async ValueTask RunAsync(RequestBuffers buffers, RequestDeadline deadline)
    {
        var now = UnixTime.Of(time.GetUtcNow());
        var clock = new StageClock(time);
        buffers.Settings = experiments.For(buffers.Query.UserId);

        await FetchAsync(buffers, deadline, now);
        clock.Done("features");

        await RetrieveAsync(buffers, deadline);
        clock.Done("retrieval");

        await RankAsync(buffers, deadline, now);
        clock.Done("ranking");

        Rerank(buffers, now);
        clock.Done("reranking");
    }

    private async ValueTask FetchAsync(RequestBuffers buffers, RequestDeadline deadline, uint now)
    {
        await people.ReadAsync(buffers.Query.UserId, now, deadline.BudgetOf(StageBudgets.Features), buffers.Person);
        if (buffers.Person.IsStale) buffers.Answer.Degradations |= Degradations.StalePerson;
    }

    private async ValueTask RetrieveAsync(RequestBuffers buffers, RequestDeadline deadline)
    {
        var retrieval = BeginRetrieval(buffers, deadline.Before(StageBudgets.Extraction + StageBudgets.Ranking + StageBudgets.Reranking + StageBudgets.Response));
        try
        {
            var hasAnswered = retrieval.AsksIndex && await AskIndexAsync(buffers, retrieval, deadline);
            var outcome = retriever.Complete(retrieval, hasAnswered);
            if ((outcome.Skipped & CandidatePools.Nearest) != 0) buffers.Answer.Degradations |= Degradations.NoIndex;
        }
        finally
        {
            retrieval.Release();
        }
        nearest.Similarities(buffers.Vector, buffers.Candidates.Rows, buffers.Candidates.Similarities);
        Metrics.RankCandidates.Record(buffers.Candidates.Count);
    }

    private CandidateRetrieval BeginRetrieval(RequestBuffers buffers, RequestDeadline deadline)
    {
        var isKnown = nearest.Embed(buffers.Person, buffers.Vector);
        return retriever.Begin(
            new RetrievalRequest
            {
                Person = buffers.Person,
                Vector = isKnown ? buffers.Vector : [],
                Excluded = buffers.Query.Session,
                Seed = buffers.Query.Seed,
                Deadline = deadline,
            },
            buffers.Candidates);
    }

    /// <summary>An index that is late costs its own candidates, not the page.</summary>
    private async ValueTask<bool> AskIndexAsync(RequestBuffers buffers, CandidateRetrieval retrieval, RequestDeadline deadline)
    {
        buffers.Hold();
        retrieval.Hold();
        var outcome = await _index.RunAsync(
            retrieval.AskIndex,
            deadline.Before(StageBudgets.FillingUp + StageBudgets.Extraction + StageBudgets.Ranking + StageBudgets.Reranking + StageBudgets.Response).Remaining,
            () =>
            {
                retrieval.Release();
                buffers.Release();
            });
        return outcome == StageOutcome.Done;
    }

    private async ValueTask RankAsync(RequestBuffers buffers, RequestDeadline deadline, uint now)
    {
        var (answer, candidates) = (buffers.Answer, buffers.Candidates);
        var budget = deadline.Before(StageBudgets.Reranking + StageBudgets.Response).Remaining;
        if (models.Version is null || !Fit(candidates, budget, answer) || await ScoreAsync(buffers, budget, now) != StageOutcome.Done)
        {
            answer.Degradations |= Degradations.Heuristic;
            ValueFunction.ApplyHeuristic(candidates, videos, now);
            return;
        }
        answer.ModelVersion = buffers.ScoredBy;
        ValueFunction.Apply(candidates, buffers.Settings.Values);
    }

    /// <summary>Leaves as many candidates as can be ranked in time.</summary>
    /// <returns>Whether these are enough for ranking to be worth while.</returns>
    private bool Fit(Candidates candidates, TimeSpan budget, RankAnswer answer)
    {
        var each = Volatile.Read(ref _ticksPerCandidate);
        if (each * candidates.Count <= budget.Ticks) return true;

        var affordable = Math.Max(0, (int)(budget.Ticks / each));
        if (affordable < FewestRanked)
        {
            // Nothing is measured while nothing is ranked: what is expected fades, so that it is tried again.
            Volatile.Write(ref _ticksPerCandidate, each * (1 - Newest));
            return false;
        }
        candidates.Thin(affordable);
        answer.Degradations |= Degradations.FewerCandidates;
        return true;
    }

    private ValueTask<StageOutcome> ScoreAsync(RequestBuffers buffers, TimeSpan budget, uint now)
    {
        buffers.Hold();
        return _ranking.RunAsync(
            () =>
            {
                var started = time.GetTimestamp();
                using var use = models.Take();
                var model = use.Model ?? throw new InvalidOperationException("There is no model.");
                var candidates = buffers.Candidates;
                nearest.Affinities(buffers.Person, candidates.Rows, candidates.Affinities);
                extractor.Extract(buffers.Person, candidates.Rows, candidates.Similarities, candidates.Affinities, now, buffers.Inputs);
                model.Score(buffers.Inputs, candidates.Predictions);
                buffers.ScoredBy = model.Version;
                Learn(time.GetElapsedTime(started).Ticks / (double)candidates.Count);
            },
            budget,
            buffers.Release);
    }

    private void Learn(double ticks)
    {
        // Two that finish together may count as one.
        var before = Volatile.Read(ref _ticksPerCandidate);
        Volatile.Write(ref _ticksPerCandidate, before == 0 ? ticks : before + (Newest * (ticks - before)));
    }

    private void Rerank(RequestBuffers buffers, uint now)
    {
        var query = buffers.Query;
        var room = buffers.Answer.Room(query.Count);
        buffers.Answer.Keep(Reranker.Rerank(
            buffers.Person, buffers.Candidates, videos, buffers.Settings.Reranking, query.Session, now, query.Seed, room));
    }
}
