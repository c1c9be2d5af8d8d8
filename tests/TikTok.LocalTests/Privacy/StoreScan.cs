using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;

namespace TikTok.LocalTests.Privacy;

/// <summary>Reads every document, blob and message that there is, and knows nothing of how the product finds a person's data.</summary>
internal sealed class StoreScan(CosmosClient cosmos, BlobServiceClient blobs, QueueServiceClient queues)
{
    private const int MostMessagesPeeked = 32;

    /// <summary>Where any of <paramref name="words"/> occurs: in the text of a document or message, or in a blob's name or content.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(params IReadOnlyList<string> words)
    {
        var found = new List<string>();
        foreach (var container in CosmosSchema.All)
        {
            using var pages = cosmos.GetContainer(Containers.Database, container.Name).GetItemQueryIterator<JsonElement>("SELECT * FROM c");
            while (pages.HasMoreResults)
                found.AddRange((await pages.ReadNextAsync()).Select(d => d.GetRawText()).Where(Mentions).Select(text => $"{container.Name}: {text}"));
        }
        foreach (var name in BlobContainers.All)
        {
            var container = blobs.GetBlobContainerClient(name);
            await foreach (var blob in container.GetBlobsAsync())
            {
                var content = Mentions(blob.Name) ? "" : (await container.GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToString();
                if (Mentions(blob.Name) || Mentions(content)) found.Add($"{name}: {blob.Name}");
            }
        }
        foreach (var queue in Queues.All.SelectMany(queue => (string[])[queue, StorageSchema.Poison(queue)]))
        {
            PeekedMessage[] messages = await queues.GetQueueClient(queue).PeekMessagesAsync(MostMessagesPeeked);
            found.AddRange(messages.Select(m => m.MessageText).Where(Mentions).Select(text => $"{queue}: {text}"));
        }
        return found;

        bool Mentions(string text) => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
