using System.Net;
using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using TikTok.Local.EventHubs;

namespace TikTok.LocalTests.EventHubs;

public sealed class SendAndReadTests(EventHubsProcess hubs) : IClassFixture<EventHubsProcess>
{
    private readonly string _hub = "hub-" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task An_event_comes_back_with_everything_that_was_sent()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        var sent = new EventData("""{"kind":"watch","text":"größer 🎬"}""")
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            ContentType = "application/json",
            Properties = { ["text"] = "value", ["whole"] = 42, ["part"] = 0.5, ["truth"] = true },
        };

        await producer.SendAsync([sent], new SendEventOptions { PartitionId = "2" }, default);
        var received = Assert.Single(await ReadAsync(reader, "2"));

        Assert.Equal(sent.EventBody.ToString(), received.EventBody.ToString());
        Assert.Equal(("m-1", "c-1", "application/json"), (received.MessageId, received.CorrelationId, received.ContentType));
        Assert.Equal(("value", 42L, 0.5, true),
            (received.Properties["text"], received.Properties["whole"], received.Properties["part"], received.Properties["truth"]));
        Assert.Equal((0L, "0"), (received.SequenceNumber, received.OffsetString));
        Assert.InRange(received.EnqueuedTime, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public async Task A_body_that_is_no_text_comes_back_byte_for_byte()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        byte[] body = [0xff, 0xfe, 0x00, 0x80, .. Enumerable.Range(0, 256).Select(i => (byte)i)];

        await producer.SendAsync([new EventData(body)], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(body, Assert.Single(await ReadAsync(reader, "0")).Body.ToArray());
    }

    [Fact]
    public async Task Events_of_a_key_stay_in_one_partition_and_in_order()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        string[] keys = ["ada", "grace", "alan", "edsger", "barbara"];
        await Task.WhenAll(keys.Select(async key =>
        {
            for (var i = 0; i < 20; i++)
            {
                await producer.SendAsync([new EventData($"{key} {i}")], new SendEventOptions { PartitionKey = key }, default);
            }
        }));

        var received = new List<(string Partition, EventData Data)>();
        foreach (var id in await producer.GetPartitionIdsAsync())
        {
            received.AddRange((await ReadAsync(reader, id)).Select(data => (id, data)));
        }

        Assert.Equal(100, received.Count);
        foreach (var key in keys)
        {
            var own = received.Where(r => r.Data.PartitionKey == key).ToList();
            Assert.Single(own.Select(r => r.Partition).Distinct());
            Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{key} {i}"), own.Select(r => r.Data.EventBody.ToString()));
        }
    }

    [Fact]
    public async Task Events_without_a_key_are_spread_over_the_partitions()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        for (var i = 0; i < 8; i++)
        {
            await producer.SendAsync([new EventData("x")]);
        }

        foreach (var id in await reader.GetPartitionIdsAsync(_hub, default))
        {
            Assert.Equal(2, (await ReadAsync(reader, id)).Count);
        }
    }

    [Fact]
    public async Task A_waiting_reader_wakes_when_an_event_comes()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        var waiting = reader.ReadAsync(_hub, "$Default", "1", 0, 10, TimeSpan.FromMinutes(2), default);
        Assert.Empty(await reader.ReadAsync(_hub, "other", "1", 0, 10, TimeSpan.FromMilliseconds(50), default));
        Assert.False(waiting.IsCompleted);

        await producer.SendAsync([new EventData("now")], new SendEventOptions { PartitionId = "1" }, default);

        Assert.Equal("now", Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(20))).EventBody.ToString());
    }

    [Fact]
    public async Task Reading_goes_on_from_a_sequence_number_and_stops_at_the_count()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        await producer.SendAsync(Enumerable.Range(0, 500).Select(i => new EventData($"{i}")), new SendEventOptions { PartitionId = "3" }, default);

        var some = await reader.ReadAsync(_hub, "$Default", "3", 321, 7, TimeSpan.Zero, default);
        var position = await reader.GetPositionAsync(_hub, "3", default);

        Assert.Equal(Enumerable.Range(321, 7).Select(i => (long)i), some.Select(e => e.SequenceNumber));
        Assert.Equal(Enumerable.Range(321, 7).Select(i => $"{i}"), some.Select(e => e.EventBody.ToString()));
        Assert.Equal((0L, 499L), (position.BeginningSequenceNumber, position.LastSequenceNumber));
    }

    [Fact]
    public async Task A_reader_with_a_higher_epoch_ends_the_one_before()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var older = new EventHubReader(hubs.ConnectionString, epoch: 1);
        using var newer = new EventHubReader(hubs.ConnectionString, epoch: 2);
        await producer.SendAsync([new EventData("0")], new SendEventOptions { PartitionId = "0" }, default);
        Assert.Single(await ReadAsync(older, "0"));
        var waiting = older.ReadAsync(_hub, "$Default", "0", 1, 10, TimeSpan.FromMinutes(2), default);

        Assert.Single(await ReadAsync(newer, "0"));

        await Assert.ThrowsAsync<ReaderDisconnectedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<ReaderDisconnectedException>(() => ReadAsync(older, "0"));
        Assert.Single(await older.ReadAsync(_hub, "another-group", "0", 0, 10, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task A_batch_is_filled_to_its_limit_and_no_further()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);
        using var reader = new EventHubReader(hubs.ConnectionString);
        using var batch = await producer.CreateBatchAsync(new CreateBatchOptions { PartitionId = "0" });
        var body = new string('x', 10_000);
        while (batch.TryAdd(new EventData(body)))
        {
            Assert.InRange(batch.SizeInBytes, 1, batch.MaximumSizeInBytes);
        }

        await producer.SendAsync(batch);

        Assert.InRange(batch.SizeInBytes, batch.MaximumSizeInBytes - 10_100, batch.MaximumSizeInBytes);
        Assert.Equal(batch.Count, (await ReadAsync(reader, "0")).Count);
    }

    [Fact]
    public async Task Events_that_are_too_large_together_are_refused_for_good()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub);

        var refused = await Assert.ThrowsAsync<EventHubsException>(() => producer.SendAsync([new EventData(new byte[900_000])]));

        Assert.False(refused.IsTransient);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("SharedAccessSignature sr=sb%3A%2F%2F127.0.0.1%2F&sig=AAAA&se=4102444800&skn=RootManageSharedAccessKey", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer eyJ0", HttpStatusCode.Unauthorized)]
    public async Task A_request_without_a_good_token_is_refused(string authorization, HttpStatusCode expected)
    {
        using var http = new HttpClient { BaseAddress = hubs.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_hub}/messages") { Content = new StringContent("x") };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task The_plain_send_api_takes_the_body_as_it_is_and_headers_as_properties()
    {
        using var http = new HttpClient { BaseAddress = hubs.Address };
        using var reader = new EventHubReader(hubs.ConnectionString);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_hub}/partitions/1/messages?timeout=60&api-version=2014-01")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{ "DeviceId":"dev-01" }""")),
        };
        request.Headers.TryAddWithoutValidation("Authorization", Token());
        request.Headers.TryAddWithoutValidation("Alert", "Strong Wind");

        using var response = await http.SendAsync(request);
        var received = Assert.Single(await ReadAsync(reader, "1"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("""{ "DeviceId":"dev-01" }""", received.EventBody.ToString());
        Assert.Equal("Strong Wind", received.Properties["Alert"]);
    }

    [Theory]
    [InlineData("messages", "not json", HttpStatusCode.BadRequest)]
    [InlineData("messages", "[]", HttpStatusCode.BadRequest)]
    [InlineData("partitions/99/messages", "[]", HttpStatusCode.NotFound)]
    public async Task A_request_that_cannot_be_done_is_answered_as_the_service_answers(string path, string body, HttpStatusCode expected)
    {
        using var http = new HttpClient { BaseAddress = hubs.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_hub}/{path}") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new("application/vnd.microsoft.servicebus.json");
        request.Headers.TryAddWithoutValidation("Authorization", Token());

        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_send_of_more_than_a_mebibyte_is_413()
    {
        using var http = new HttpClient { BaseAddress = hubs.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_hub}/messages") { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Headers.TryAddWithoutValidation("Authorization", Token());

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private string Token() => SharedAccessSignature.Create(
        hubs.Address.AbsoluteUri, "RootManageSharedAccessKey", "SAS_KEY_VALUE", TimeProvider.System.GetUtcNow().AddMinutes(5));

    private Task<IReadOnlyList<EventData>> ReadAsync(EventHubReader reader, string partition) =>
        reader.ReadAsync(_hub, "$Default", partition, 0, 10_000, TimeSpan.Zero, default);
}
