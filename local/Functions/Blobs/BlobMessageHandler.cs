using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Blobs;

/// <summary>Works on the host's queue of blobs: runs the function that a message names on the version of the blob that it names.</summary>
internal sealed class BlobMessageHandler(
    IReadOnlyDictionary<string, BlobFunction> functions,
    FunctionInvoker invoker,
    PayloadConverter converter,
    ILogger log)
{
    /// <summary>True when the message is done with.</summary>
    public async Task<bool> HandleAsync(QueueMessage queued, CancellationToken cancellationToken)
    {
        var message = JsonSerializer.Deserialize<BlobTriggerMessage>(queued.Body.ToMemory().Span)!;
        if (!functions.TryGetValue(message.FunctionId, out var function) || function.Match(message.BlobName) is not { } parts)
        {
            log.LogInformation("Nothing wants blob '{Container}/{Blob}' any more.", message.ContainerName, message.BlobName);
            return true;
        }

        var blob = function.Container.GetBlobClient(message.BlobName);
        BlobProperties properties;
        try
        {
            properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return true;
        }

        if (!string.Equals(properties.ETag.ToString("H"), message.ETag, StringComparison.Ordinal))
        {
            // Replaced meanwhile: the new version has, or will have, a message of its own.
            return true;
        }

        return await invoker.InvokeAsync(
            function.Function, new BlobInput(blob, properties, parts, converter), cancellationToken, cancellationToken) is null;
    }
}
