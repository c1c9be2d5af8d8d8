using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace TikTok.LocalTests.Crashes;

/// <summary>The clock of every program of a world.</summary>
internal sealed class MovableTime : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
}

/// <summary>Queues whose delayed messages wait for the world's clock instead of the storage's.</summary>
internal sealed class PostponingQueues : QueueServiceClient
{
    private readonly Func<string, QueueClient> _queue;

    public PostponingQueues(string connection, QueueClientOptions options, Action<string, string, TimeSpan> postpone)
        : base(connection, options) => _queue = name => new Queue(connection, name, options, postpone);

    public override QueueClient GetQueueClient(string queueName) => _queue(queueName);

    private sealed class Queue(string connection, string name, QueueClientOptions options, Action<string, string, TimeSpan> postpone) : QueueClient(connection, name, options)
    {
        public override Task<Response<SendReceipt>> SendMessageAsync(
            string messageText, TimeSpan? visibilityTimeout = default, TimeSpan? timeToLive = default, CancellationToken cancellationToken = default) =>
            SendMessageAsync(BinaryData.FromString(messageText), visibilityTimeout, timeToLive, cancellationToken);

        public override async Task<Response<SendReceipt>> SendMessageAsync(
            BinaryData message, TimeSpan? visibilityTimeout = default, TimeSpan? timeToLive = default, CancellationToken cancellationToken = default)
        {
            if (visibilityTimeout is not { } delay || delay <= TimeSpan.Zero) return await base.SendMessageAsync(message, visibilityTimeout, timeToLive, cancellationToken);
            return await Incarnation.PassAsync<Response<SendReceipt>>(isWrite: true, $"storage POST {Name} (delayed)", () =>
            {
                postpone(Name, message.ToString(), delay);
                return ValueTask.FromResult<Response<SendReceipt>>(null!);
            });
        }
    }
}
