namespace TikTok.Local.Up.Supervision;

/// <summary>A program that the supervisor keeps running.</summary>
public sealed record ServiceDefinition
{
    /// <summary>Short and lower case; also the name of its log.</summary>
    public required string Name { get; init; }

    /// <summary>The executable's path.</summary>
    public required string FileName { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Set on top of the supervisor's own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    public string? WorkingDirectory { get; init; }

    /// <summary>The service is ready once a line of its standard output contains this.</summary>
    public required string ReadyMark { get; init; }

    /// <summary>Where it listens, for people; null when it does not.</summary>
    public string? Address { get; init; }

    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(3);
}

public enum ServiceState { Waiting, Starting, Running, Restarting, Stopping, Stopped, Failed }

/// <summary>What is to be seen of a service at one moment.</summary>
/// <param name="ProcessId">Of the running process; null when there is none.</param>
/// <param name="Restarts">How often it died and was started again.</param>
/// <param name="LastError">The last line that told of an error, and why it last died; null when nothing went wrong.</param>
public sealed record ServiceSnapshot(string Name, ServiceState State, string? Address, int? ProcessId, int Restarts, string? LastError);

/// <summary>A service died or stayed silent before it was ever ready, more often than is worth trying.</summary>
public sealed class ServiceStartException(string message) : Exception(message);
