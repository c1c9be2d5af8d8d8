namespace TikTok.Local.EventHubs;

/// <summary>The parts of a connection string of the emulator.</summary>
/// <param name="Endpoint">Its HTTP root.</param>
/// <param name="KeyName">The shared access policy's name.</param>
/// <param name="Key">The shared access policy's key.</param>
internal sealed record EventHubsConnectionString(Uri Endpoint, string KeyName, string Key)
{
    /// <exception cref="FormatException">A part is missing, or it is not of the emulator.</exception>
    public static EventHubsConnectionString Parse(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        string Part(string name) => parts.TryGetValue(name, out var value) ? value : throw new FormatException($"{name} is missing.");
        if (!parts.TryGetValue("UseDevelopmentEmulator", out var emulator) || !bool.Parse(emulator))
        {
            throw new FormatException("UseDevelopmentEmulator=true is needed: only the emulator serves reads over HTTP.");
        }

        var endpoint = new UriBuilder(Part("Endpoint")) { Scheme = Uri.UriSchemeHttp };
        return new EventHubsConnectionString(endpoint.Uri, Part("SharedAccessKeyName"), Part("SharedAccessKey"));
    }

    /// <summary>The connection string of an emulator at this address, for every client of it.</summary>
    public static string For(Uri address) =>
        $"Endpoint=sb://{address.Host}:{address.Port};SharedAccessKeyName={EventHubsCommand.DefaultKeyName};"
        + $"SharedAccessKey={EventHubsCommand.DefaultKey};UseDevelopmentEmulator=true";
}
