using System.Threading.Channels;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Ranker.Features;
using TikTok.Ranker.Videos;

namespace TikTok.LocalTests.Ranker;

/// <summary>The ranker's videos, followed through the change feed of a real store.</summary>
public sealed class VideoFeedTests(ProductDatabase database) : IClassFixture<ProductDatabase>, IVideoListener
{
    private readonly VideoTable _videos = new();
    private readonly Channel<(int Row, Video Video)> _heard = Channel.CreateUnbounded<(int Row, Video Video)>();

    [Fact]
    public async Task What_is_published_appears_and_what_is_deleted_is_unlisted_within_a_poll()
    {
        var before = await database.AddVideoAsync();
        using var feed = Feed(Fold());
        await feed.StartAsync(CancellationToken.None);
        await feed.WhenReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(_videos[RowOf(before)].IsListed);

        var after = await database.AddVideoAsync();
        await HearAsync(after, isListed: true);
        await new VideoStore(database.Client).ChangeAsync(before.VideoId, video => video.AsDeleted(), CancellationToken.None);
        await HearAsync(before, isListed: false);

        Assert.True(_videos[RowOf(after)].IsListed);
        Assert.False(_videos[RowOf(before)].IsListed);
        await feed.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task From_a_snapshot_only_what_has_changed_since_is_read()
    {
        var known = await database.AddVideoAsync();
        var first = Fold();
        using (var feed = Feed(first))
        {
            await feed.StartAsync(CancellationToken.None);
            await feed.WhenReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            await feed.StopAsync(CancellationToken.None);
        }
        using var snapshot = new MemoryStream();
        first.Save(snapshot);
        snapshot.Position = 0;
        while (_heard.Reader.TryRead(out _))
        {
        }

        var second = Fold();
        second.Load(snapshot);
        var added = await database.AddVideoAsync();
        using (var feed = Feed(second))
        {
            await feed.StartAsync(CancellationToken.None);
            await feed.WhenReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            await feed.StopAsync(CancellationToken.None);
        }

        Assert.True(_videos[RowOf(known)].IsListed);
        Assert.True(_heard.Reader.TryRead(out var heard));
        Assert.Equal(added.VideoId, heard.Video.VideoId);
        Assert.False(_heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_is_passed_over_and_those_behind_it_are_not()
    {
        var container = database.Client.GetContainer(Containers.Database, Containers.Videos);
        var id = Id.New(TimeProvider.System);
        await container.CreateItemAsync(new Dictionary<string, object> { ["id"] = id, ["videoId"] = id, ["type"] = Video.DocumentType, ["status"] = "unheard of" }, new PartitionKey(id));
        await container.CreateItemAsync(new Dictionary<string, object> { ["id"] = $"like:{id}", ["videoId"] = id, ["type"] = Like.DocumentType }, new PartitionKey(id));
        using var feed = Feed(Fold());
        await feed.StartAsync(CancellationToken.None);

        var behind = await database.AddVideoAsync();
        await HearAsync(behind, isListed: true);

        Assert.Equal(-1, _videos.Find(FeatureId.Of(Field.Video, id)));
        await feed.StopAsync(CancellationToken.None);
    }

    void IVideoListener.Changed(int row, Video video) => _heard.Writer.TryWrite((row, video));

    private VideoFold Fold() => new(_videos, [this], TimeProvider.System);

    private VideoFeed Feed(VideoFold fold) => new(database.Client, fold, TimeProvider.System, NullLogger<VideoFeed>.Instance);

    private int RowOf(Video video) => _videos.Find(FeatureId.Of(Field.Video, video.VideoId));

    private async Task HearAsync(Video video, bool isListed)
    {
        using var limited = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var heard in _heard.Reader.ReadAllAsync(limited.Token))
        {
            if (heard.Video.VideoId == video.VideoId && heard.Video.IsListed == isListed) return;
        }
    }
}
