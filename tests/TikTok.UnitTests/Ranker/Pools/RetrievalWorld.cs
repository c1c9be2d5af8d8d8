using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Serving;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Pools;

/// <summary>Videos, a person and an index that answers as it is told, for what retrieval makes of them.</summary>
internal sealed class RetrievalWorld : INearestVideos, IWatched
{
    public RetrievalWorld(PoolOptions? pools = null, RetrievalOptions? retrieval = null, bool hasIndex = true)
    {
        Renewal = new PoolRenewal(Videos, pools ?? new PoolOptions(), Time, NullLogger<PoolRenewal>.Instance);
        CoWatches = new CoWatches(Videos, new CoWatchOptions { People = 64 });
        Retriever = new Retriever(Videos, Renewal, CoWatches, hasIndex ? this : null, retrieval ?? new RetrievalOptions());
        Person.Clear();
        Person.Watched = this;
        Person.AsCreator = Creator("self");
        Person.IsTeen = false;
    }

    public FakeTime Time { get; } = new();

    public VideoTable Videos { get; } = new();

    public CoWatches CoWatches { get; }

    public PoolRenewal Renewal { get; }

    public Retriever Retriever { get; }

    public PersonView Person { get; } = new();

    public HashSet<long> Watched { get; } = [];

    public List<long> Excluded { get; } = [];

    public Candidates Candidates { get; } = new();

    /// <summary>What the index finds, before the filter.</summary>
    public List<int> IndexRows { get; } = [];

    public int Dimensions => 1;

    public bool IsReady => IndexRows.Count > 0;

    public delegate void Change(ref VideoRow video);

    public static long Creator(string name) => FeatureId.Of(Field.Creator, name);

    public static long Hashtag(string name) => FeatureId.Of(Field.Hashtag, name);

    public int Add(string creator = "ann", float impressions = 0, float ratio = 0.5f, Change? change = null)
    {
        lock (Videos.Writing)
        {
            ref var video = ref Videos.Add(Id.New(Time), Creator(creator), out var row);
            video.Flags = VideoFlags.Listed;
            video.PublishedAt = UnixTime.Of(Time.GetUtcNow());
            video.Statistics.Impressions = impressions;
            video.Statistics.WatchRatio = impressions * ratio;
            change?.Invoke(ref video);
            return row;
        }
    }

    public List<int> AddMany(int count, string creator = "ann", float impressions = 0, float ratio = 0.5f, Change? change = null) =>
        [.. Enumerable.Range(0, count).Select(_ => Add(creator, impressions, ratio, change))];

    /// <summary>Renews the pools and retrieves.</summary>
    public RetrievalOutcome Retrieve(long seed = 1, bool hasVector = true, double milliseconds = 1_000)
    {
        Renewal.Renew();
        return Retriever.Retrieve(
            new RetrievalRequest
            {
                Person = Person,
                Vector = hasVector ? [1f] : [],
                Excluded = Excluded.ToArray(),
                Seed = seed,
                Deadline = RequestDeadline.In(Time, TimeSpan.FromMilliseconds(milliseconds)),
            },
            Candidates);
    }

    public IEnumerable<int> From(CandidatePools pool)
    {
        List<int> rows = [];
        for (var i = 0; i < Candidates.Count; i++)
        {
            if (Candidates.Pools[i].HasFlag(pool)) rows.Add(Candidates.Rows[i]);
        }
        return rows;
    }

    public bool Contains(long video) => Watched.Contains(video);

    public int Nearest<TFilter>(ReadOnlySpan<float> vector, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter
    {
        var found = 0;
        foreach (var row in IndexRows)
        {
            if (found < rows.Length && filter.Allows((ulong)row)) rows[found++] = row;
        }
        return found;
    }

    public bool Embed(PersonView person, Span<float> vector) => throw new NotSupportedException();

    public void Affinities(PersonView person, ReadOnlySpan<int> rows, Span<float> affinities) => throw new NotSupportedException();

    public void Similarities(ReadOnlySpan<float> vector, ReadOnlySpan<int> rows, Span<float> similarities) => throw new NotSupportedException();

    public int Similar<TFilter>(int row, Span<int> rows, TFilter filter)
        where TFilter : struct, IHnswFilter => throw new NotSupportedException();
}
