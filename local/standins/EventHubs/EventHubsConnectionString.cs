namespace Azure.Messaging.EventHubs;

/// <summary>The parts of a connection string.</summary>
internal sealed record EventHubsConnectionString(
    Uri Endpoint, string? EventHubName, string? KeyName, string? Key, string? Signature, bool IsEmulator)
{
    /// <summary>Where the namespace answers.</summary>
    public Uri Address { get; } = new UriBuilder(Endpoint) { Scheme = IsEmulator ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, Port = IsEmulator ? Endpoint.Port : -1 }.Uri;

    /// <summary>What requests are authorized by.</summary>
    /// <param name="parameter">Whose argument this was.</param>
    /// <exception cref="ArgumentException">There is no key and no signature.</exception>
    public Authorization Authorization(string parameter) => this switch
    {
        { Signature: { } signature } => SharedAccessToken.FromToken(signature),
        { KeyName: { } name, Key: { } key } => SharedAccessToken.FromKey(name, key, TimeProvider.System),
        _ => throw new ArgumentException("The connection string has no key and no signature.", parameter),
    };

    public static EventHubsConnectionString Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(
                pair => pair.Length == 2 ? pair[0] : throw new FormatException("The connection string is malformed."),
                pair => pair[1],
                StringComparer.OrdinalIgnoreCase);
        string? Part(string name) => parts.TryGetValue(name, out var value) ? value : null;
        if (!Uri.TryCreate(Part("Endpoint"), UriKind.Absolute, out var endpoint))
        {
            throw new FormatException("The connection string has no usable Endpoint.");
        }

        var emulator = bool.TryParse(Part("UseDevelopmentEmulator"), out var use) && use;
        return new EventHubsConnectionString(
            endpoint, Part("EntityPath"), Part("SharedAccessKeyName"), Part("SharedAccessKey"), Part("SharedAccessSignature"), emulator);
    }
}
