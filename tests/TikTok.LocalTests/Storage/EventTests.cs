using Azure.Storage.Blobs.Specialized;
using TikTok.Local.Storage;

namespace TikTok.LocalTests.Storage;

public sealed class EventTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    private readonly string _name = "n" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task What_is_done_to_blobs_is_told_as_it_happens()
    {
        await using var watch = await WatchAsync(e => e.Container == _name);
        var container = (await storage.Blobs.CreateBlobContainerAsync(_name)).Value;

        var put = await container.GetBlobClient("dir/a b").UploadAsync(BinaryData.FromString("12345"));
        Assert.Equal(
            new StorageEvent(StorageEventType.BlobCreated, _name, "dir/a b", ETag: put.Value.ETag.ToString("H"), Length: 5), await watch.NextAsync());

        var staged = container.GetBlockBlobClient("staged");
        await staged.StageBlockAsync(Convert.ToBase64String("1"u8), new MemoryStream([1]));
        var committed = await staged.CommitBlockListAsync([Convert.ToBase64String("1"u8)]);
        Assert.Equal(
            new StorageEvent(StorageEventType.BlobCreated, _name, "staged", ETag: committed.Value.ETag.ToString("H")), await watch.NextAsync());

        await (await container.GetBlobClient("copy").StartCopyFromUriAsync(staged.Uri)).WaitForCompletionAsync();
        Assert.Equal((StorageEventType.BlobCreated, "copy"), await watch.NextAsync() is { } copied ? (copied.Type, copied.Name) : default);

        await staged.DeleteAsync();
        Assert.Equal(new StorageEvent(StorageEventType.BlobDeleted, _name, "staged"), await watch.NextAsync());
    }

    [Fact]
    public async Task What_fails_is_not_told()
    {
        await using var watch = await WatchAsync(e => e.Container == _name);
        var container = storage.Blobs.GetBlobContainerClient(_name);
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => container.GetBlobClient("x").UploadAsync(BinaryData.FromString("1")));
        await container.CreateAsync();
        await container.GetBlobClient("y").UploadAsync(BinaryData.FromString("1"));

        Assert.Equal("y", (await watch.NextAsync()).Name);
    }

    [Fact]
    public async Task A_message_is_told_with_the_time_from_which_it_can_be_received()
    {
        await using var watch = await WatchAsync(e => e.Queue == _name);
        var queue = (await storage.Queues.CreateQueueAsync(_name)).Value;
        var before = TimeProvider.System.GetUtcNow();

        await queue.SendMessageAsync("now");
        await queue.SendMessageAsync("later", TimeSpan.FromSeconds(60));
        var received = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(5))).Value;
        await queue.UpdateMessageAsync(received.MessageId, received.PopReceipt, visibilityTimeout: TimeSpan.FromSeconds(7));

        foreach (var delay in new[] { 0, 60, 7 })
        {
            var told = await watch.NextAsync();
            Assert.Equal(StorageEventType.MessagePut, told.Type);
            Assert.InRange(told.VisibleAt!.Value - before, TimeSpan.FromSeconds(delay), TimeSpan.FromSeconds(delay + 30));
        }
    }

    [Fact]
    public async Task A_subscriber_comes_back_by_itself_after_a_restart_and_says_so()
    {
        await using var own = await StorageProcess.StartAsync();
        await using var watch = await Subscription.StartAsync(own.BlobAddress, e => e.Container == _name);

        await own.RestartAsync();
        await watch.ConnectedAgainAsync();
        await (await own.Blobs.CreateBlobContainerAsync(_name)).Value.GetBlobClient("x").UploadAsync(BinaryData.FromString("1"));

        Assert.Equal("x", (await watch.NextAsync()).Name);
    }

    private Task<Subscription> WatchAsync(Func<StorageEvent, bool> filter) => Subscription.StartAsync(storage.QueueAddress, filter);

    private sealed class Subscription : IAsyncDisposable
    {
        private readonly StorageEvents _events;
        private readonly CancellationTokenSource _ended = new(TimeSpan.FromMinutes(2));
        private readonly IAsyncEnumerator<StorageEvent> _sequence;
        private readonly Func<StorageEvent, bool> _filter;

        private Subscription(Uri gateway, Func<StorageEvent, bool> filter)
        {
            _events = new StorageEvents(gateway, TimeProvider.System);
            (_sequence, _filter) = (_events.WatchAsync(_ended.Token).GetAsyncEnumerator(_ended.Token), filter);
        }

        public static async Task<Subscription> StartAsync(Uri gateway, Func<StorageEvent, bool> filter)
        {
            var subscription = new Subscription(gateway, filter);
            await subscription.ConnectedAgainAsync();
            return subscription;
        }

        public async Task ConnectedAgainAsync()
        {
            while (await _sequence.MoveNextAsync() && _sequence.Current.Type != StorageEventType.Connected)
            {
            }
        }

        public async Task<StorageEvent> NextAsync()
        {
            while (await _sequence.MoveNextAsync() && !_filter(_sequence.Current))
            {
            }

            return _sequence.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _sequence.DisposeAsync();
            _events.Dispose();
            _ended.Dispose();
        }
    }
}
