using System.Reflection;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;

namespace TikTok.Local.Up;

/// <summary>The ready-made walk through the API, written for this service's addresses.</summary>
internal static class Walk
{
    private const string Template = "TikTok.Local.Up.walk.sh";
    private static readonly TimeSpan ListingAllowedFor = TimeSpan.FromDays(30);

    /// <param name="path">The script to write; for its owner alone, since it carries a signature that lists blobs.</param>
    /// <param name="api">The API's root.</param>
    /// <param name="storage">The storage account's connection string.</param>
    /// <param name="demoClip">The clip that is walked with when none is named; need not exist.</param>
    public static async Task WriteAsync(string path, Uri api, string storage, string demoClip, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(Template)
            ?? throw new InvalidOperationException($"The resource {Template} is missing.");
        using var reader = new StreamReader(resource);
        var script = (await reader.ReadToEndAsync(cancellationToken))
            .Replace("@API@", api.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("@BLOBS@", new BlobServiceClient(storage).Uri.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("@LIST_SAS@", Quoted(ListingSignature(storage, time.GetUtcNow() + ListingAllowedFor)), StringComparison.Ordinal)
            .Replace("@DEMO_CLIP@", Quoted(demoClip), StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, script, cancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>An account SAS that may list blobs, and nothing else.</summary>
    private static string ListingSignature(string storage, DateTimeOffset expires)
    {
        var client = new BlobServiceClient(storage);
        var builder = new AccountSasBuilder(AccountSasPermissions.List, expires, AccountSasServices.Blobs, AccountSasResourceTypes.Container)
        {
            Protocol = SasProtocol.HttpsAndHttp,
        };
        return client.GenerateAccountSasUri(builder).Query.TrimStart('?');
    }

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
