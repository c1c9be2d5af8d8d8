using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Videos;

public sealed class VideoFoldTests
{
    private readonly FakeTime _time = new();
    private readonly VideoTable _videos = new();
    private readonly Heard _heard = new();
    private readonly VideoFold _fold;

    public VideoFoldTests() => _fold = new VideoFold(_videos, [_heard], _time);

    [Fact]
    public void A_documents_facts_become_the_videos_row()
    {
        var document = VideoDocuments.New(_time, "ann") with
        {
            SoundId = "song",
            Hashtags = ["a", "b", "c", "d", "e"],
            NotForTeens = true,
            OwnerShadowBanned = true,
            OwnerCountry = "SE",
            Probe = new MediaProbe { Container = "mp4", VideoCodec = "h264", DurationMs = 12_345, Width = 1, Height = 1, FrameRate = 30 },
        };

        _fold.Apply([document], "1");

        ref readonly var row = ref _videos[RowOf(document)];
        Assert.Equal(FeatureId.Of(Field.Creator, "ann"), row.Creator);
        Assert.Equal(FeatureId.Of(Field.Sound, "song"), row.Sound);
        Assert.Equal([FeatureId.Of(Field.Hashtag, "a"), FeatureId.Of(Field.Hashtag, "b"), FeatureId.Of(Field.Hashtag, "c"), FeatureId.Of(Field.Hashtag, "d")], ((ReadOnlySpan<long>)row.Hashtags).ToArray());
        Assert.Equal(CountryCode.Of("SE"), row.Country);
        Assert.Equal(12_345u, row.DurationMs);
        Assert.Equal((uint)document.PublishedAt!.Value.ToUnixTimeSeconds(), row.PublishedAt);
        Assert.Equal(VideoFlags.Listed | VideoFlags.NotForTeens | VideoFlags.ShadowBanned, row.Flags);
        Assert.Equal(document.VideoId, _videos.IdOf(RowOf(document)));
        Assert.Equal("1", _fold.Continuation);
    }

    [Theory]
    [InlineData(VideoStatus.Deleted, Visibility.Public, false)]
    [InlineData(VideoStatus.Failed, Visibility.Public, false)]
    [InlineData(VideoStatus.Ready, Visibility.Private, false)]
    [InlineData(VideoStatus.Ready, Visibility.Followers, false)]
    [InlineData(VideoStatus.Ready, Visibility.Public, true)]
    public void A_video_that_may_no_longer_be_shown_keeps_its_row_and_loses_its_flag(VideoStatus status, Visibility visibility, bool ownerPrivate)
    {
        var document = VideoDocuments.New(_time, "ann");
        var hidden = document with { Status = status, Visibility = visibility, OwnerPrivate = ownerPrivate };
        _fold.Apply([document], "1");
        var row = RowOf(document);

        _fold.Apply([hidden], "2");
        Assert.False(_videos[row].IsListed);

        _fold.Apply([document], "3");
        Assert.True(_videos[row].IsListed);
        Assert.Equal(row, RowOf(document));
        Assert.Equal([(row, true), (row, false), (row, true)], _heard.Calls);
    }

    [Fact]
    public void A_video_that_never_might_be_shown_gets_no_row()
    {
        _fold.Apply([VideoDocuments.New(_time, "ann") with { Status = VideoStatus.Processing }], "1");

        Assert.Equal(0, _videos.Count);
        Assert.Empty(_heard.Calls);
    }

    [Fact]
    public void Listeners_hear_of_what_changed_and_not_of_counters()
    {
        var document = VideoDocuments.New(_time, "ann");
        _fold.Apply([document], "1");

        _fold.Apply([document, document with { Counters = new VideoCounters { Views = 5, Likes = 2 } }], "2");
        Assert.Single(_heard.Calls);

        _fold.Apply([document with { Description = "other" }], "3");
        Assert.Equal(2, _heard.Calls.Count);
    }

    [Fact]
    public void A_listener_that_failed_is_told_again_and_the_feed_goes_on_from_before()
    {
        var document = VideoDocuments.New(_time, "ann");
        _heard.Fails = true;
        Assert.Throws<InvalidOperationException>(() => _fold.Apply([document], "1"));
        Assert.Null(_fold.Continuation);

        _heard.Fails = false;
        _fold.Apply([document], "1");
        Assert.Single(_heard.Calls);
    }

    [Fact]
    public void Counters_seed_the_statistics_of_a_video_first_heard_of_and_never_again()
    {
        var document = VideoDocuments.New(_time, "ann", views: 10) with { Counters = new VideoCounters { Views = 10, Likes = 4, Comments = 2, Shares = 1 } };

        _fold.Apply([document], "1");
        _fold.Apply([document with { Counters = new VideoCounters { Views = 90 } }], "2");

        var statistics = _videos[RowOf(document)].Statistics;
        Assert.Equal((10f, 4f, 2f, 1f), (statistics.Impressions, statistics.Likes, statistics.Comments, statistics.Shares));
        Assert.Equal(5f, statistics.WatchRatio);
        Assert.Equal(5 + 16 + 10 + 8, VideoTable.TrendOf(statistics, UnixTime.Of(_time.GetUtcNow())), 1e-3f);
    }

    [Fact]
    public void What_the_log_tells_whole_is_not_taken_from_the_counters_as_well()
    {
        _fold.LogFrom = VideoDocuments.Start;
        var before = VideoDocuments.New(_time, "ann", views: 10, publishedAt: VideoDocuments.Start.AddSeconds(-1));
        var after = VideoDocuments.New(_time, "ann", views: 10, publishedAt: VideoDocuments.Start.AddSeconds(1));

        _fold.Apply([before, after], "1");

        Assert.Equal(10, _videos[RowOf(before)].Statistics.Impressions);
        Assert.Equal(0, _videos[RowOf(after)].Statistics.Impressions);
    }

    [Fact]
    public void A_snapshot_brings_back_rows_ids_and_the_place_in_the_feed()
    {
        var documents = Enumerable.Range(0, 20_000).Select(i => VideoDocuments.New(_time, $"creator {i % 7}", views: i)).ToList();
        _fold.Apply(documents, "here");
        using var stream = new MemoryStream();
        _fold.Save(stream);
        stream.Position = 0;

        var restored = new VideoTable();
        var fold = new VideoFold(restored, [], _time);
        fold.Load(stream);

        Assert.Equal("here", fold.Continuation);
        Assert.Equal(_time.GetUtcNow(), fold.LogFrom);
        Assert.Equal(_videos.Count, restored.Count);
        for (var row = 0; row < restored.Count; row++)
        {
            Assert.Equal(_videos.IdOf(row), restored.IdOf(row));
            Assert.Equal(row, restored.Find(_videos[row].Video));
            Assert.Equal(_videos[row].Statistics.WatchRatio, restored[row].Statistics.WatchRatio);
        }
        fold.Apply([VideoDocuments.New(_time, "one more")], "there");
        Assert.Equal(documents.Count + 1, restored.Count);
    }

    [Fact]
    public void A_snapshot_that_is_cut_off_or_damaged_is_refused_and_the_table_stays()
    {
        _fold.Apply([.. Enumerable.Range(0, 10).Select(_ => VideoDocuments.New(_time, "ann"))], "here");
        using var stream = new MemoryStream();
        _fold.Save(stream);
        var bytes = stream.ToArray();

        for (var length = 0; length < bytes.Length; length += 53)
        {
            Assert.Throws<InvalidDataException>(() => _fold.Load(new MemoryStream(bytes, 0, length)));
        }
        bytes[0]++;
        Assert.Throws<InvalidDataException>(() => _fold.Load(new MemoryStream(bytes)));
        Assert.Equal(10, _videos.Count);
        Assert.Equal("here", _fold.Continuation);
    }

    private int RowOf(Video document) => _videos.Find(FeatureId.Of(Field.Video, document.VideoId));

    private sealed class Heard : IVideoListener
    {
        public bool Fails { get; set; }

        public List<(int Row, bool IsListed)> Calls { get; } = [];

        public void Changed(int row, Video video)
        {
            if (Fails) throw new InvalidOperationException();
            Calls.Add((row, video.IsListed));
        }
    }
}
