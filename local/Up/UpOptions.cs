namespace TikTok.Local.Up;

/// <summary>What <c>local/up</c> was asked for.</summary>
public sealed record UpOptions
{
    public const int DefaultPort = 7071;

    /// <summary>The repository: where the built programs and npm's packages lie.</summary>
    public required string Root { get; init; }

    /// <summary>Where the state lives.</summary>
    public required string Data { get; init; }

    /// <summary>The API answers at <c>http://127.0.0.1:{Port}/api/v1</c>.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Forget the state first.</summary>
    public bool Reset { get; init; }
    public bool Demo { get; init; } = true;

    /// <summary>A directory of clips to upload besides the rendered ones; null for none.</summary>
    public string? Media { get; init; }

    public Uri Api => new($"http://127.0.0.1:{Port}/api/v1/");
}
