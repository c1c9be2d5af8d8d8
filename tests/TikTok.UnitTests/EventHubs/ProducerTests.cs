using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace TikTok.UnitTests.EventHubs;

/// <summary>What the producer decides before it sends anything; the same with the official package.</summary>
public sealed class ProducerTests
{
    private const string Namespace = "Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=name;SharedAccessKey=key;UseDevelopmentEmulator=true";

    [Theory]
    [InlineData(Namespace, "hub", "hub")]
    [InlineData(Namespace + ";EntityPath=hub", "", "hub")]
    [InlineData(Namespace + ";EntityPath=hub", "hub", "hub")]
    public async Task The_hub_is_named_by_the_argument_or_the_connection_string(string connection, string name, string expected)
    {
        await using var producer = new EventHubProducerClient(connection, name);

        Assert.Equal((expected, "127.0.0.1"), (producer.EventHubName, producer.FullyQualifiedNamespace));
    }

    [Theory]
    [InlineData(Namespace, "")]
    [InlineData(Namespace + ";EntityPath=hub", "another")]
    [InlineData("Endpoint=sb://127.0.0.1", "hub")]
    public void No_hub_or_two_or_no_key_is_refused(string connection, string name) =>
        Assert.ThrowsAny<ArgumentException>(() => new EventHubProducerClient(connection, name));

    [Fact]
    public async Task A_partition_and_a_key_exclude_each_other()
    {
        await using var producer = new EventHubProducerClient(Namespace, "hub");

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0", PartitionKey = "k" }, default));
    }

    [Fact]
    public async Task A_batch_counts_what_fits_and_refuses_what_does_not()
    {
        await using var producer = new EventHubProducerClient(Namespace, "hub");
        using var batch = await producer.CreateBatchAsync(new CreateBatchOptions { MaximumSizeInBytes = 2000 });

        Assert.True(batch.TryAdd(new EventData(new string('x', 1000))));
        Assert.False(batch.TryAdd(new EventData(new string('x', 1000))));
        Assert.True(batch.TryAdd(new EventData("small")));

        Assert.Equal((2, 2000L), (batch.Count, batch.MaximumSizeInBytes));
        Assert.InRange(batch.SizeInBytes, 1000, 2000);
    }

    [Fact]
    public async Task A_batch_larger_than_the_service_takes_cannot_be_asked_for()
    {
        await using var producer = new EventHubProducerClient(Namespace, "hub");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await producer.CreateBatchAsync(new CreateBatchOptions { MaximumSizeInBytes = 2 << 20 }));
    }

    [Fact]
    public async Task A_closed_producer_sends_nothing()
    {
        var producer = new EventHubProducerClient(Namespace, "hub");
        await producer.CloseAsync();

        Assert.True(producer.IsClosed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => producer.SendAsync([new EventData("x")]));
    }

    [Fact]
    public void An_event_made_as_received_shows_where_it_was()
    {
        var data = EventHubsModelFactory.EventData(new BinaryData("x"), partitionKey: "k", sequenceNumber: 7, offsetString: "70");

        Assert.Equal(("k", 7L, "70"), (data.PartitionKey, data.SequenceNumber, data.OffsetString));
    }
}
