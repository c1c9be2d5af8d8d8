using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.Blobs;

/// <summary>One blob as a trigger's value.</summary>
internal sealed class BlobInput(
    BlobClient blob, BlobProperties properties, IReadOnlyDictionary<string, string> parts, PayloadConverter converter) : TriggerInput
{
    public override string Reason => $"blob '{blob.BlobContainerName}/{blob.Name}'";

    public override IReadOnlyDictionary<string, object?> BindingData
    {
        get
        {
            var data = Data();
            data["BlobTrigger"] = $"{blob.BlobContainerName}/{blob.Name}";
            data["Uri"] = blob.Uri;
            data["Properties"] = JsonSerializer.Serialize(new
            {
                properties.ContentType,
                Length = properties.ContentLength,
                ETag = properties.ETag.ToString("H"),
                properties.LastModified,
                Created = properties.CreatedOn,
            });
            data["Metadata"] = JsonSerializer.Serialize(properties.Metadata);
            foreach (var (name, value) in parts)
            {
                data[name] = value;
            }

            return data;
        }
    }

    public override async ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken)
    {
        if (target == typeof(BlobClient))
        {
            return blob;
        }

        return target == typeof(Stream)
            ? await blob.OpenReadAsync(cancellationToken: cancellationToken)
            : converter.Convert((await blob.DownloadContentAsync(cancellationToken)).Value.Content, target);
    }
}
