using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace Azure.Messaging.EventHubs;

/// <summary>Gives the <c>Authorization</c> header of a request to a resource.</summary>
internal delegate ValueTask<string> Authorization(string resource, CancellationToken cancellationToken);

/// <summary>The three ways that the service can be asked by: a key that signs tokens, a token that is there, and Entra ID.</summary>
internal static class SharedAccessToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>Signs a token of half an hour for each request.</summary>
    public static Authorization FromKey(string keyName, string key, TimeProvider time) =>
        (resource, _) => ValueTask.FromResult(Sign(resource, keyName, key, time.GetUtcNow() + Lifetime));

    /// <summary>Sends a token that is there.</summary>
    public static Authorization FromToken(string signature) => (_, _) => ValueTask.FromResult(signature);

    /// <summary>Sends what the credential says at the time.</summary>
    public static Authorization FromToken(AzureSasCredential credential) => (_, _) => ValueTask.FromResult(credential.Signature);

    /// <summary>Signs with the key that the credential has at the time.</summary>
    public static Authorization FromKey(AzureNamedKeyCredential credential, TimeProvider time) => (resource, cancellationToken) =>
    {
        var (name, key) = credential;
        return FromKey(name, key, time)(resource, cancellationToken);
    };

    /// <summary>Asks Entra ID for a token of the service.</summary>
    public static Authorization FromCredential(TokenCredential credential) => async (_, cancellationToken) =>
    {
        var token = await credential.GetTokenAsync(
            new TokenRequestContext(["https://eventhubs.azure.net/.default"]), cancellationToken).ConfigureAwait(false);
        return "Bearer " + token.Token;
    };

    private static string Sign(string resource, string keyName, string key, DateTimeOffset expiresOn)
    {
        var encoded = Uri.EscapeDataString(resource);
        var expiry = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(encoded + "\n" + expiry)));
        return $"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(signature)}&se={expiry}&skn={Uri.EscapeDataString(keyName)}";
    }
}
