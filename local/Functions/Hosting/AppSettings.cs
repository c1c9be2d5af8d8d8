using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace TikTok.Local.Functions.Hosting;

/// <summary>The app's settings as triggers read them: <c>%name%</c> in an attribute, and the names of connections.</summary>
internal sealed partial class AppSettings(IConfiguration configuration)
{
    /// <summary>Replaces every <c>%name%</c> by that setting.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public string Resolve(string text) => Percent().Replace(text, match =>
        configuration[match.Groups[1].Value] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"'{text}' names the setting '{match.Groups[1].Value}', which is missing."));

    /// <summary>The connection string that a trigger's <c>Connection</c> names; looked up as the Functions host does.</summary>
    /// <exception cref="InvalidOperationException">It is missing, or only an identity-based connection is given, which has no meaning on this machine.</exception>
    public string ConnectionString(string? connection, string fallback)
    {
        var name = connection is { Length: > 0 } ? Resolve(connection) : fallback;
        foreach (var key in new[] { $"AzureWebJobs{name}", name, $"ConnectionStrings:{name}" })
        {
            if (configuration[key] is { Length: > 0 } value)
            {
                return value;
            }
        }

        throw new InvalidOperationException(configuration.GetSection(name).GetChildren().Any()
            ? $"The connection '{name}' is identity-based; the local host connects by connection string: set '{name}'."
            : $"The setting '{name}', a connection string, is missing.");
    }

    public BlobServiceClient Blobs(string? connection) => new(ConnectionString(connection, HostStorage), new BlobClientOptions
    {
        Retry = { MaxRetries = 2, NetworkTimeout = StorageTimeout },
    });

    /// <param name="undecodable">Called for a received message that is not in this encoding. Without it one such message makes every fetch fail.</param>
    public QueueServiceClient Queues(
        string? connection, QueueMessageEncoding encoding, SyncAsyncEventHandler<QueueMessageDecodingFailedEventArgs>? undecodable = null)
    {
        var options = new QueueClientOptions
        {
            MessageEncoding = encoding,
            Retry = { MaxRetries = 2, NetworkTimeout = StorageTimeout },
        };
        if (undecodable is not null)
        {
            options.MessageDecodingFailed += undecodable;
        }

        return new QueueServiceClient(ConnectionString(connection, HostStorage), options);
    }

    /// <summary>The account in which the host keeps its own state: locks, receipts, checkpoints, timer status.</summary>
    public const string HostStorage = "AzureWebJobsStorage";

    private static readonly TimeSpan StorageTimeout = TimeSpan.FromSeconds(30);

    [GeneratedRegex("%([^%]+)%", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percent();
}
