using Azure.Storage.Blobs;
using TikTok.Local.Functions.Binding;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Blobs;

/// <summary>A blob-triggered function with its resolved path.</summary>
internal sealed class BlobFunction(HostedFunction function, string path, BlobServiceClient storage)
{
    private readonly PathTemplate _name = new(path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..]);

    public HostedFunction Function => function;

    public BlobContainerClient Container { get; } = storage.GetBlobContainerClient(path[..path.IndexOf('/', StringComparison.Ordinal)]);

    /// <summary>The named parts of a blob's name; null when the function does not want it.</summary>
    public IReadOnlyDictionary<string, string>? Match(string blob) => _name.Match(blob);
}
