using System.Numerics.Tensors;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Training.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// Trains the towers from the beginning on what is in the log, by <see cref="RetrievalTrainer"/> (decision 053), and puts the result where <see cref="OnlineTowerTrainer"/> goes on from. What
/// was learned of the videos is split in two: what their content features explain, fitted by ridge regression, goes to these features (the mapping from attributes to factors of Gantner and
/// others, ICDM 2010), so that a video uploaded later has it, too; the rest goes to each video's own row.
/// </summary>
/// <param name="log">A line of progress for whoever waits.</param>
public sealed class OfflineTowers(VideoTable videos, TowerTable towers, VideoSpace space, OfflineTowerOptions options, Action<string> log)
{
    /// <summary>Of the random projection of content features that the trainer is given as the videos' features.</summary>
    private const int ContentDimensions = 128;

    /// <summary>Takes minutes, and changes nothing: the videos are read while others write them.</summary>
    /// <param name="watched">Who watched what well (<see cref="OnlineTowerOptions.LikedFrom"/>), oldest first; ids are <see cref="Features.FeatureId"/>s.</param>
    /// <returns>
    /// What puts the result into the table, to be called by the table's writer: it replaces what was learned of the videos trained on and of their features. null: there was not enough to
    /// learn from.
    /// </returns>
    public Action? Train(IReadOnlyList<(long User, long Video)> watched, CancellationToken cancellationToken)
    {
        var sample = Sample.Of(watched, videos, options);
        if (sample.Interactions.Count == 0) return null;
        log(FormattableString.Invariant($"{sample.Interactions.Rows} people, {sample.Rows.Length} videos, {sample.Interactions.Count} interactions"));

        var start = options.Towers with { Dimensions = towers.Options.Dimensions - TowerVector.Extra, PoolingPower = towers.Options.PoolingPower };
        var trainer = new RetrievalTrainer([Content(sample.Rows)], log);
        if (options.Choose)
        {
            var (train, validation) = RetrievalTrainer.HoldOut(sample.Interactions, start.Seed, sample.Latest);
            start = trainer.Choose(train, validation, start, cancellationToken);
        }
        var model = trainer.Train(sample.Interactions, start, members: 1, cancellationToken);
        if (!float.IsFinite(TensorPrimitives.Sum<float>(model.Items.Values)) || !float.IsFinite(TensorPrimitives.Sum<float>(model.Base))) return null;
        return () =>
        {
            Write(sample.Rows, model);
            towers.Changed();
        };
    }

    private DenseMatrix Content(int[] rows)
    {
        var content = new DenseMatrix(rows.Length, ContentDimensions);
        Span<long> ids = stackalloc long[ContentFeatures.Capacity];
        Span<float> weights = stackalloc float[ContentFeatures.Capacity];
        for (var item = 0; item < rows.Length; item++)
        {
            var count = ContentFeatures.Read(videos[rows[item]], space.Words[rows[item]], ids, weights);
            for (var i = 0; i < count; i++) TowerTable.AddCoins(ids[i], weights[i], content.Row(item));
        }
        return content;
    }

    private void Write(int[] rows, TwoTowerModel model)
    {
        var vectors = Centred(model.Items);
        var (features, ids) = Features(rows);
        var fitted = RidgeRegression.Fit(features, vectors, options.FeaturePenalty);
        var explained = new DenseMatrix(vectors.Rows, vectors.Columns);
        features.MultiplyAdd(fitted, 1, explained);

        var width = vectors.Columns;
        Span<float> row = stackalloc float[width + 1 + TowerTable.StateWidth];
        for (var feature = 0; feature < ids.Length; feature++)
        {
            // The table holds what is to be added to the content.
            row.Clear();
            towers.AddContent([ids[feature]], [-1], row[..(width + 1)]);
            TensorPrimitives.Add(row[..width], fitted.Row(feature), row[..width]);
            towers.Writer.Put(ids[feature], row[..(width + TowerTable.StateWidth)]);
        }
        for (var item = 0; item < rows.Length; item++)
        {
            row.Clear();
            TensorPrimitives.Subtract(vectors.Row(item), explained.Row(item), row[..width]);
            towers.Writer.Put(videos[rows[item]].Video, row[..(width + TowerTable.StateWidth)]);
        }
        row.Clear();
        model.Base.AsSpan(..^1).CopyTo(row);
        towers.Writer.Put(TowerTable.EverybodyId, row[..(width + TowerTable.StateWidth)]);
    }

    /// <summary>Biases order videos by their differences alone; about 0 they make a video without one an average one.</summary>
    private static DenseMatrix Centred(DenseMatrix items)
    {
        var centred = items.Copy();
        double sum = 0;
        for (var item = 0; item < items.Rows; item++) sum += items.Row(item)[^1];
        for (var item = 0; item < items.Rows; item++) centred.Row(item)[^1] -= (float)(sum / items.Rows);
        return centred;
    }

    /// <summary>Videos × features, and the features' ids.</summary>
    private (SparseMatrix Features, long[] Ids) Features(int[] rows)
    {
        var columns = new Dictionary<long, int>();
        var entries = new List<(int, int, float)>();
        Span<long> ids = stackalloc long[ContentFeatures.Capacity];
        Span<float> weights = stackalloc float[ContentFeatures.Capacity];
        for (var item = 0; item < rows.Length; item++)
        {
            var count = ContentFeatures.Read(videos[rows[item]], space.Words[rows[item]], ids, weights);
            for (var i = 0; i < count; i++)
            {
                if (!columns.TryGetValue(ids[i], out var column)) columns[ids[i]] = column = columns.Count;
                entries.Add((item, column, weights[i]));
            }
        }
        return (SparseMatrix.Of(rows.Length, columns.Count, entries), [.. columns.Keys]);
    }

    /// <param name="Rows">The videos trained on, by the trainer's numbers.</param>
    /// <param name="Latest">The last video of each person.</param>
    private sealed record Sample(SparseMatrix Interactions, int[] Rows, int[] Latest)
    {
        public static Sample Of(IReadOnlyList<(long User, long Video)> watched, VideoTable videos, OfflineTowerOptions options)
        {
            int[] rows =
            [
                .. watched.GroupBy(pair => pair.Video).Select(group => (Row: videos.Find(group.Key), Count: group.Count())).Where(video => video.Row >= 0)
                    .OrderByDescending(video => video.Count).ThenBy(video => video.Row).Take(options.MaxVideos).Select(video => video.Row).Order(),
            ];
            var items = rows.Index().ToDictionary(pair => videos[pair.Item].Video, pair => pair.Index);

            // The ids are hashes: the lowest ones are a draw, the same in every run.
            var people = watched.Where(pair => items.ContainsKey(pair.Video)).GroupBy(pair => pair.User)
                .Select(group => (User: group.Key, Items: group.Select(pair => items[pair.Video]).Reverse().Distinct().Take(options.MaxPerPerson).ToArray()))
                .Where(person => person.Items.Length >= 2)
                .OrderBy(person => person.User).Take(options.MaxPeople).ToList();
            var interactions = SparseMatrix.OfPairs(people.Count, rows.Length, people.SelectMany((person, index) => person.Items.Select(item => (index, item))));
            return new Sample(interactions, rows, [.. people.Select(person => person.Items[0])]);
        }
    }
}
