using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Ranking.Onnx;
using TikTok.Ranker.Retrieval.Pools;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Benchmarks.Rank;

/// <summary>The ranker's state over a <see cref="SyntheticCatalogue"/>, made by the classes that serve.</summary>
internal sealed class LargeRanker
{
    private const int DocumentsAtOnce = 10_000;

    private readonly IServiceProvider _services;

    /// <param name="services">With <see cref="RankerState"/>'s registrations.</param>
    public LargeRanker(IServiceProvider services) => _services = services;

    public TimeProvider Time => _services.GetRequiredService<TimeProvider>();

    public VideoTable Videos => _services.GetRequiredService<VideoTable>();

    public VideoSpace Space => _services.GetRequiredService<VideoSpace>();

    public PersonTable People => _services.GetRequiredService<PersonTable>();

    public FeatureExtractor Extractor => _services.GetRequiredService<FeatureExtractor>();

    public PoolRenewal Pools => _services.GetRequiredService<PoolRenewal>();

    public EmbeddingTable Embeddings => _services.GetRequiredService<EmbeddingTable>();

    /// <summary>What a snapshot holds, in the order to load it.</summary>
    public IReadOnlyList<ISnapshotPart> Parts => [_services.GetRequiredService<VideoFold>(), _services.GetRequiredService<SpaceSnapshot>(), People];

    public void Fill(SyntheticCatalogue catalogue, Action<string> log)
    {
        var watch = Stopwatch.StartNew();
        var fold = _services.GetRequiredService<VideoFold>();
        for (var from = 0; from < catalogue.Videos; from += DocumentsAtOnce)
        {
            var documents = new Video[Math.Min(DocumentsAtOnce, catalogue.Videos - from)];
            Parallel.For(0, documents.Length, i => documents[i] = catalogue.Document(from + i));
            fold.Apply(documents, null);
        }
        log($"{catalogue.Videos:#,0} videos in {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        var people = _services.GetRequiredService<PeopleFold>();
        var sequence = 0L;
        var now = UnixTime.Of(Time.GetUtcNow());
        var since = Time.GetUtcNow() - SyntheticCatalogue.Now;
        for (var person = 0; person < catalogue.People; person++)
        {
            People.SetFacts(
                SyntheticCatalogue.UserId(person),
                new PersonFacts
                {
                    BirthDate = new DateOnly(1990, 1, 1),
                    Country = CountryCode.Of("DE"),
                    Followed = new HashSet<long>(),
                    Rejected = new HashSet<long>(),
                    RejectedBy = new HashSet<long>(),
                    ReadAt = now,
                    CheckedAt = now,
                },
                [], now);
            foreach (var interaction in catalogue.History(person).Select(past => past with { At = past.At + since }))
                people.Apply(new LoggedInteraction(interaction, "0", sequence++, interaction.At));
        }
        log($"{catalogue.People:#,0} people with {sequence:#,0} events in {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        FillEmbeddings();
        log($"{Embeddings.Size().Rows:#,0} embeddings in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>A row for each id that a video has: more than a model has that learned from what was seen.</summary>
    public void FillEmbeddings()
    {
        for (var row = 0; row < Videos.Count; row++)
        {
            ref readonly var video = ref Videos[row];
            Observe(video.Video);
            Observe(video.Creator);
            Observe(video.Sound);
            foreach (var hashtag in video.Hashtags) Observe(hashtag);
        }

        void Observe(long id)
        {
            if (id != FeatureId.None) Embeddings.Writer.Observe(id);
        }
    }

    /// <summary>A model of random weights, by way of the file that is published.</summary>
    public static IRankingModel NewModel(RankingDevice device)
    {
        var weights = new DlrmWeights();
        var random = new Random(1);
        foreach (var tensor in weights.Tensors)
        {
            for (var i = 0; i < tensor.Values.Length; i++) tensor.Values[i] = (float)((random.NextDouble() - 0.5) / Math.Sqrt(tensor.Rows));
        }
        return RankingModels.Load(OnnxModelWriter.Write(weights, version: 1), device);
    }
}
