using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Cpu;
using TikTok.Ranker.Ranking.Onnx;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Serving;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Training.Towers;
using TikTok.Ranker.Videos;

namespace TikTok.Simulation.Feeds;

/// <summary>
/// The ranker in this process: the classes that serve and train in the container, without network and files between them. Server and trainer share one embedding table, so that sparse
/// rows are served at once instead of within a minute; dense weights are served when they are published.
/// </summary>
public sealed class RankerFeed : IFeed, IPredictions, IDisposable
{
    /// <summary>What background services do every some seconds or minutes of real time, by the world's clock.</summary>
    private static readonly TimeSpan PublishEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan RenewAllEvery = TimeSpan.FromHours(2);

    private const int DeadlineMs = 1_000;

    private readonly ServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly VideoTable _videos;
    private readonly PersonTable _people;
    private readonly VideoSpace _space;
    private readonly FeatureContexts _contexts;
    private readonly VideoFold _videoFold;
    private readonly PoolRenewal _pools;
    private readonly FeatureExtractor _extractor;
    private readonly DlrmTrainer _dlrm;
    private readonly IInteractionFold[] _folds;
    private readonly RankingModelSlot _models;
    private readonly RequestBuffersPool _buffers;
    private readonly RankPipeline _pipeline;
    private readonly PersonView _person = new();
    private readonly RankingInputs _inputs = new(1);
    private readonly float[] _vector;

    /// <summary>What a frozen ranker would show again and again, because it learns nothing of what was watched.</summary>
    private readonly Dictionary<string, List<long>> _shownFrozen = new(StringComparer.Ordinal);

    private DateTimeOffset _publishedAt;
    private DateTimeOffset _renewedAt;
    private DateTimeOffset _renewedAllAt;
    private DateTimeOffset _pooledAt;
    private long _requests;
    private long _version;

    public RankerFeed(TimeProvider time)
    {
        _services = new ServiceCollection()
            .AddLogging().AddSingleton(time).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<IPersonSource, KnownPeople>()
            .AddRankerState(RowFormats.Single).AddRanking().BuildServiceProvider();
        _time = time;
        _videos = _services.GetRequiredService<VideoTable>();
        _people = _services.GetRequiredService<PersonTable>();
        _space = _services.GetRequiredService<VideoSpace>();
        _contexts = new FeatureContexts(_videos, _services.GetRequiredService<TowerTable>(), _space);
        _videoFold = _services.GetRequiredService<VideoFold>();
        _pools = _services.GetRequiredService<PoolRenewal>();
        _extractor = _services.GetRequiredService<FeatureExtractor>();
        _models = _services.GetRequiredService<RankingModelSlot>();
        _buffers = _services.GetRequiredService<RequestBuffersPool>();
        _pipeline = _services.GetRequiredService<RankPipeline>();
        _vector = new float[_space.Dimensions];
        var embeddings = _services.GetRequiredService<EmbeddingTable>();
        _dlrm = new DlrmTrainer(embeddings, new DlrmTrainerOptions());

        // The log has all that ever happened here. Whoever learns is told of an event before the state that its features are of.
        _videoFold.LogFrom = DateTimeOffset.MinValue;
        _folds =
        [
            new OnlineTrainer(_videos, embeddings, _people, _space, _dlrm, published: null, new OnlineTrainerOptions()),
            new OnlineTowerTrainer(_videos, _services.GetRequiredService<TowerTable>(), _space, _people, new OnlineTowerOptions()),
            _services.GetRequiredService<CoWatches>(), _services.GetRequiredService<PeopleFold>(), _services.GetRequiredService<StatisticsFold>(),
        ];
    }

    public string Name => "ranker";

    /// <summary>Whether nothing is learned any more, neither of people nor of videos.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Serves what was learned so far, and learns nothing more.</summary>
    public void Freeze()
    {
        Publish(_time.GetUtcNow());
        IsFrozen = true;
    }

    public void Publish(Video video) => _videoFold.Apply([video], null);

    public void Join(Profile profile)
    {
        var now = UnixTime.Of(_time.GetUtcNow());
        var facts = new PersonFacts
        {
            Country = CountryCode.Of(profile.Country),
            BirthDate = profile.BirthDate,
            Interests = [.. profile.Interests.Select(hashtag => FeatureId.Of(Field.Hashtag, hashtag))],
            Followed = new HashSet<long>(),
            Rejected = new HashSet<long>(),
            RejectedBy = new HashSet<long>(),
            ReadAt = now,
            CheckedAt = now,
        };
        _people.SetFacts(profile.UserId, facts, [], now);
    }

    public void Observe(LoggedInteraction logged)
    {
        if (IsFrozen)
        {
            if (logged.Interaction is { Type: InteractionType.Watch, VideoId: { } videoId }) ShownFrozen(logged.Interaction.UserId).Add(FeatureId.Of(Field.Video, videoId));
            return;
        }
        Renew(logged.EnqueuedAt);
        foreach (var fold in _folds) fold.Apply(logged);
    }

    public async ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now)
    {
        Renew(now);
        if (now - _pooledAt >= RenewEvery)
        {
            _pools.Renew();
            _pooledAt = now;
        }
        var buffers = _buffers.Rent();
        try
        {
            var exclude = IsFrozen ? ShownFrozen(userId) : [.. session.Select(id => FeatureId.Of(Field.Video, id))];
            buffers.Query.Set(userId, count, DeadlineMs, [.. exclude], ++_requests);
            await _pipeline.RunAsync(buffers, RequestDeadline.In(_time, TimeSpan.FromMilliseconds(DeadlineMs)));
            return Ids(buffers);
        }
        finally
        {
            buffers.Release();
        }
    }

    public void Predict(string userId, string videoId, Span<float> predictions)
    {
        var now = _time.GetUtcNow();
        Renew(now);
        _people.TryView(userId, _person, UnixTime.Of(now));
        var row = _videos.Find(FeatureId.Of(Field.Video, videoId));
        Span<float> similarity = [0];
        _space.Embed(_person, _vector);
        _space.Similarities(_vector, [row], similarity);
        Span<float> affinity = [0];
        _space.Affinities(_person, [row], affinity);
        _extractor.Extract(_person, [row], similarity, affinity, UnixTime.Of(now), _inputs);
        using var use = _models.Take();
        use.Model!.Score(_inputs, predictions);
    }

    public void Dispose()
    {
        _services.Dispose();
    }

    private List<string> Ids(RequestBuffers buffers)
    {
        var ids = new List<string>();
        foreach (var pick in buffers.Answer.Picks) ids.Add(_videos.IdOf(buffers.Candidates.Rows[pick.Candidate]));
        return ids;
    }

    private void Renew(DateTimeOffset now)
    {
        if (now - _renewedAt >= RenewEvery)
        {
            var all = !IsFrozen && now - _renewedAllAt >= RenewAllEvery;
            if (all) _contexts.Learn(CancellationToken.None)();
            _space.Renew(all, CancellationToken.None);
            if (all) _renewedAllAt = now;
            _renewedAt = now;
        }
        if (!IsFrozen && now - _publishedAt >= PublishEvery) Publish(now);
    }

    private void Publish(DateTimeOffset now)
    {
        var (weights, version) = OnnxModelReader.Read(OnnxModelWriter.Write(_dlrm.Weights, ++_version));
        _models.Replace(new CpuRankingModel(weights, version));
        _publishedAt = now;
    }

    private List<long> ShownFrozen(string userId) => _shownFrozen.TryGetValue(userId, out var shown) ? shown : _shownFrozen[userId] = [];
}
