namespace TikTok.Local.Storage;

/// <summary>The well-known development account, whose key is public and the same everywhere.</summary>
public static class StorageAccount
{
    /// <summary>The account's name.</summary>
    public const string Name = "devstoreaccount1";

    /// <summary>The account's key, as the documentation of Azurite gives it.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The connection string of the account behind these two addresses.</summary>
    public static string ConnectionString(Uri blob, Uri queue) =>
        $"DefaultEndpointsProtocol=http;AccountName={Name};AccountKey={Key};"
        + $"BlobEndpoint={new Uri(blob, Name)};QueueEndpoint={new Uri(queue, Name)};";
}
