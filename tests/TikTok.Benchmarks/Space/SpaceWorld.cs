using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Videos;

namespace TikTok.Benchmarks.Space;

/// <summary>
/// Videos of 200 topics in a space in which something is learned of each of them: hashtags of their topic and others, creators, sounds and words that a few use much and most hardly ever,
/// and a vector of their own about their topic's.
/// </summary>
internal sealed class SpaceWorld
{
    public const int Topics = 200;

    private readonly Random _random = new(1);
    private readonly int[] _topicOf;
    private readonly List<int>[] _rowsOf = [.. Enumerable.Range(0, Topics).Select(_ => new List<int>())];

    public SpaceWorld(int count, TimeProvider time)
    {
        Towers = new TowerTable(new TowerOptions(), RowFormats.Single, time);
        Space = new VideoSpace(Videos, Towers);
        _topicOf = new int[count];
        var centres = Enumerable.Range(0, Topics).Select(_ => Gaussians(0.2f)).ToArray();
        for (var i = 0; i < count; i++) Add(i, centres, time);
    }

    public VideoTable Videos { get; } = new();

    public TowerTable Towers { get; }

    public VideoSpace Space { get; }

    public int TopicOf(int row) => _topicOf[row];

    public int AnyTopic() => _random.Next(Topics);

    /// <summary>Somebody who watched so many videos of each topic to the end, in a mixed order.</summary>
    public PersonView Watcher(params (int Topic, int Count)[] liked)
    {
        var history = liked.SelectMany(topic => Enumerable.Range(0, topic.Count).Select(_ => _rowsOf[topic.Topic][_random.Next(_rowsOf[topic.Topic].Count)]))
            .Select(row => new HistoryEntry(Videos[row].Video, 1, SwipeSignals.Finished, 1)).ToArray();
        _random.Shuffle(history);
        var person = new PersonView { Swipes = history.Length };
        person.SetHistory(history);
        return person;
    }

    private void Add(int number, float[][] centres, TimeProvider time)
    {
        var topic = _topicOf[number] = AnyTopic();
        string[] hashtags = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => _random.Next(2) == 0 ? $"topic{topic}-{_random.Next(20)}" : $"tag{Skewed(50_000)}")];
        var document = new Video
        {
            Id = "",
            VideoId = Id.Format(new UInt128(1, (ulong)number)),
            UserId = $"creator{Skewed(_topicOf.Length / 10)}",
            Username = "",
            CreatedAt = time.GetUtcNow(),
            Hashtags = hashtags,
            SoundId = $"sound{Skewed(_topicOf.Length / 20)}",
            Title = string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"word{Skewed(100_000)}")),
            Upload = new Upload { Filename = "", FileSize = 1, DurationMs = _random.Next(5_000, 60_000) },
        };
        int row;
        lock (Videos.Writing)
        {
            ref var video = ref Videos.Add(document.VideoId, FeatureId.Of(Field.Creator, document.UserId), out row);
            video.Sound = FeatureId.Of(Field.Sound, document.SoundId);
            video.DurationMs = (uint)document.Upload.DurationMs;
            video.Flags = VideoFlags.Listed;
            for (var i = 0; i < hashtags.Length; i++) video.Hashtags[i] = FeatureId.Of(Field.Hashtag, hashtags[i]);
        }
        _rowsOf[topic].Add(row);
        Space.Changed(row, document);

        // Learned part, bias, and the optimiser's state.
        var own = new float[Towers.Options.Dimensions];
        var noise = Gaussians(0.1f);
        for (var i = 0; i < noise.Length; i++) own[i] = centres[topic][i] + noise[i];
        own[^2] = 5 * noise[0];
        Towers.Writer.Put(Videos[row].Video, own);
    }

    /// <summary>Zipf's law, nearly: small numbers come often.</summary>
    private int Skewed(int below) => (int)Math.Pow(below, _random.NextDouble());

    private float[] Gaussians(float deviation) =>
        [.. Enumerable.Range(0, Towers.Options.Dimensions - TowerVector.Extra).Select(_ => deviation * (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble())))];
}
