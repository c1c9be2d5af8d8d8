using Microsoft.Azure.Functions.Worker;

namespace TikTok.TestApp;

/// <summary>One function for each trigger whose work must outlive a killed host.</summary>
public sealed class WorkFunctions(Ledger ledger)
{
    [Function("Message")]
    public Task OnMessage([QueueTrigger("%TestQueue%", Connection = "Storage")] string text, CancellationToken cancellationToken) =>
        ledger.WorkAsync(text, cancellationToken);

    [Function("Blob")]
    public Task OnBlob([BlobTrigger("%TestContainer%/{name}", Connection = "Storage")] string content, string name, CancellationToken cancellationToken) =>
        ledger.WorkAsync(name, cancellationToken);

    [Function("Events")]
    [FixedDelayRetry(-1, "00:00:01")]
    public async Task OnEvents([EventHubTrigger("%TestHub%", Connection = "EventHubs")] string[] events, CancellationToken cancellationToken)
    {
        foreach (var item in events)
        {
            await ledger.WorkAsync(item, cancellationToken);
        }
    }
}
