using Azure.Storage.Queues.Models;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.Queues;

/// <summary>One queue message as a trigger's value.</summary>
internal sealed class QueueInput(string queue, QueueMessage message, PayloadConverter converter) : TriggerInput
{
    public override string Reason => $"message {message.MessageId} on '{queue}', delivery {message.DequeueCount}";

    public override IReadOnlyDictionary<string, object?> BindingData
    {
        get
        {
            var data = Data();
            data["QueueTrigger"] = message.Body.ToString();
            data["Id"] = message.MessageId;
            data["PopReceipt"] = message.PopReceipt;
            data["DequeueCount"] = message.DequeueCount;
            data["InsertionTime"] = message.InsertedOn;
            data["ExpirationTime"] = message.ExpiresOn;
            data["NextVisibleTime"] = message.NextVisibleOn;
            return data;
        }
    }

    public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken) =>
        ValueTask.FromResult(target == typeof(QueueMessage) ? message : converter.Convert(message.Body, target));
}
