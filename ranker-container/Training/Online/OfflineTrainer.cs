using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Online;

/// <summary>
/// Trains a first model from a written log: reads it once for its examples, as the online trainer would have seen them, and goes over these several times in an
/// order that the seed gives. Deterministic, on any number of threads.
/// </summary>
public sealed class OfflineTrainer(
    VideoTable videos, EmbeddingTable embeddings, IPersonViews people, INearestVideos? nearest, DlrmTrainer dlrm, OnlineTrainerOptions options)
{
    /// <param name="log">In order. All of its examples are kept: some 600 bytes for each watch, and as much for its actions.</param>
    /// <param name="folds">The state that features are of: told of each event after its features were read.</param>
    /// <param name="passes">At least 1.</param>
    /// <param name="seed">Of the order of examples.</param>
    /// <returns>The mean loss of each pass.</returns>
    public IReadOnlyList<double> Train(IEnumerable<LoggedInteraction> log, IReadOnlyList<IInteractionFold> folds, int passes, int seed)
    {
        var kept = new KeptExamples(embeddings.Writer);
        var join = new ImpressionJoin(videos, new FeatureExtractor(videos, embeddings), people, nearest, kept, options);
        LoggedInteraction? last = null;
        foreach (var logged in log)
        {
            join.Apply(logged);
            foreach (var fold in folds) fold.Apply(logged);
            last = logged;
        }
        if (last is not null) join.CloseAll((uint)last.EnqueuedAt.ToUnixTimeSeconds());

        var random = new Random(seed);
        int[] order = [.. Enumerable.Range(0, kept.Count)];
        return [.. Enumerable.Range(0, passes).Select(_ => Pass(kept, order, random))];
    }

    private double Pass(KeptExamples kept, int[] order, Random random)
    {
        random.Shuffle(order);
        var batch = new DlrmBatch(dlrm.BatchSize);
        var loss = 0.0;
        foreach (var some in order.Chunk(batch.Capacity))
        {
            batch.Count = 0;
            foreach (var example in some) kept.CopyTo(example, batch.Examples, batch.Add());
            var step = dlrm.Train(batch);
            if (step.IsTaken) loss += step.Loss * some.Length;
        }
        return loss / Math.Max(1, order.Length);
    }

    private sealed class KeptExamples(EmbeddingWriter writer) : IExampleSink
    {
        private const int Chunk = 4_096;

        private readonly List<Examples> _chunks = [];

        public int Count { get; private set; }

        public void Take(Examples examples, int place, ExampleKind kind, uint now)
        {
            if (Count == _chunks.Count * Chunk) _chunks.Add(new Examples(Chunk));
            examples.CopyTo(place, _chunks[Count / Chunk], Count % Chunk);
            Count++;
            foreach (var id in examples.Ids(place))
            {
                if (id != FeatureId.None) writer.Observe(id);
            }
        }

        public void CopyTo(int example, Examples other, int place) => _chunks[example / Chunk].CopyTo(example % Chunk, other, place);
    }
}
