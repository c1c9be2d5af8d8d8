namespace Azure.Messaging.EventHubs;

/// <summary>The parts of a connection string.</summary>
internal sealed record EventHubsConnectionString(
    Uri Endpoint, string? EventHubName, string? KeyName, string? Key, string? Signature, bool IsEmulator)
{
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
