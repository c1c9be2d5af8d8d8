using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using TikTok.Local.EventHubs;
using TikTok.Local.Faults;

namespace TikTok.LocalTests.EventHubs;

public sealed class FaultTests(EventHubsProcess hubs) : IClassFixture<EventHubsProcess>
{
    private static readonly EventHubProducerClientOptions Quick = new()
    {
        RetryOptions = { Delay = TimeSpan.FromMilliseconds(1), MaximumRetries = 3, TryTimeout = TimeSpan.FromSeconds(30) },
    };

    private readonly string _hub = "hub-" + Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task The_producer_gets_through_throttling(int status)
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, Quick);
        await hubs.FailAsync(new FaultRule(Method: "POST", Path: $"/{_hub}/*", Status: status, Count: 3));

        await producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task The_producer_gives_up_after_its_retries_and_says_that_it_may_pass()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, Quick);
        await hubs.FailAsync(new FaultRule(Path: $"/{_hub}/*", Status: 503, Count: 4));

        var failure = await Assert.ThrowsAsync<EventHubsException>(() => producer.SendAsync([new EventData("x")]));

        Assert.True(failure.IsTransient);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_connection_cut_before_the_send_is_tried_again()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, Quick);
        await hubs.FailAsync(new FaultRule(Path: $"/{_hub}/*", Drop: FaultDrop.Before, Count: 2));

        await producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task An_answer_that_was_lost_makes_a_second_event_as_with_the_service()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, Quick);
        await hubs.FailAsync(new FaultRule(Path: $"/{_hub}/*", Drop: FaultDrop.After, Count: 1));

        await producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_given_up_and_made_again()
    {
        var impatient = new EventHubProducerClientOptions
        {
            RetryOptions = { Delay = TimeSpan.FromMilliseconds(1), TryTimeout = TimeSpan.FromSeconds(2) },
        };
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, impatient);
        await hubs.FailAsync(new FaultRule(Path: $"/{_hub}/*", DelayMs: 600_000, Count: 1));

        await producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Faults_end_when_they_are_cleared()
    {
        await using var producer = new EventHubProducerClient(hubs.ConnectionString, _hub, Quick);
        await hubs.FailAsync(new FaultRule(Path: $"/{_hub}/*", Status: 500));

        await hubs.HealAsync();
        await producer.SendAsync([new EventData("x")], new SendEventOptions { PartitionId = "0" }, default);

        Assert.Equal(1, await CountAsync());
    }

    private async Task<int> CountAsync()
    {
        using var reader = new EventHubReader(hubs.ConnectionString);
        return (await reader.ReadAsync(_hub, "$Default", "0", 0, 100, TimeSpan.Zero, default)).Count;
    }
}
