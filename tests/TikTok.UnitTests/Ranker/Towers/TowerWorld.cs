using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Hnsw;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Towers;

/// <summary>A space and what fills it.</summary>
internal sealed class TowerWorld : IDisposable
{
    private readonly FakeTime _time = new();

    public TowerWorld(TowerOptions? options = null)
    {
        Towers = new TowerTable(options ?? new TowerOptions(), RowFormats.Single, _time);
        Space = new VideoSpace(Videos, Towers);
    }

    public VideoTable Videos { get; } = new();

    public TowerTable Towers { get; }

    public VideoSpace Space { get; }

    public static long Hashtag(string text) => FeatureId.Of(Field.Hashtag, text);

    /// <summary>A listed video, as the change feed brings one.</summary>
    public int Add(string creator, string[] hashtags, string title = "", string? sound = null) => AddAs(Videos.Count, creator, hashtags, title, sound);

    /// <param name="number">Which its id spells.</param>
    public int AddAs(int number, string creator, string[] hashtags, string title = "", string? sound = null)
    {
        var video = new Video
        {
            Id = "",
            VideoId = Id.Format(new UInt128(1, (ulong)number)),
            UserId = creator,
            Username = creator,
            CreatedAt = _time.GetUtcNow(),
            Title = title,
            Hashtags = hashtags,
            SoundId = sound,
            Upload = new Upload { Filename = "v.mp4", FileSize = 1, DurationMs = 15_000 },
        };
        int row;
        lock (Videos.Writing)
        {
            ref var added = ref Videos.Add(video.VideoId, FeatureId.Of(Field.Creator, creator), out row);
            added.Sound = FeatureId.Of(Field.Sound, sound);
            added.DurationMs = 15_000;
            added.Flags = VideoFlags.Listed;
            for (var i = 0; i < Math.Min(hashtags.Length, VideoHashtags.Capacity); i++) added.Hashtags[i] = Hashtag(hashtags[i]);
        }
        Space.Changed(row, video);
        return row;
    }

    public void Unlist(int row)
    {
        lock (Videos.Writing) Videos.Write(row).Flags = 0;
        Space.Touch(row);
    }

    public void Renew(bool all = false) => Space.Renew(all, CancellationToken.None);

    /// <summary>Somebody who watched these to their end, newest last, and left those at once.</summary>
    public PersonView Watcher(IEnumerable<int> finished, IEnumerable<int>? skipped = null, params string[] interests)
    {
        HistoryEntry[] history =
        [
            .. finished.Select(row => new HistoryEntry(Videos[row].Video, 1, SwipeSignals.Finished, 1)),
            .. (skipped ?? []).Select(row => new HistoryEntry(Videos[row].Video, 0.02f, SwipeSignals.Skipped, 2)),
        ];
        Array.Reverse(history);
        var person = new PersonView { Swipes = history.Length };
        person.SetHistory(history);
        person.SetInterests([.. interests.Select(Hashtag)]);
        return person;
    }

    public float[] Embed(PersonView person)
    {
        var vector = new float[Space.Dimensions];
        Space.Embed(person, vector);
        return vector;
    }

    public int[] Nearest(ReadOnlySpan<float> vector, int count)
    {
        var rows = new int[count];
        return rows[..Space.Nearest(vector, rows, new Everything())];
    }

    public float Similarity(ReadOnlySpan<float> vector, int row)
    {
        Span<float> similarities = stackalloc float[1];
        Space.Similarities(vector, [row], similarities);
        return similarities[0];
    }

    public void Dispose() => Space.Dispose();

    public readonly struct Everything : IHnswFilter
    {
        public bool Allows(ulong label) => true;
    }
}
