namespace TikTok.Local.Functions.Hosting;

/// <summary>Watches what one function is triggered by.</summary>
internal interface ITriggerListener
{
    string Name { get; }

    /// <summary>
    /// Listens until the token is cancelled; returns when what it had begun is finished. May throw when a service is away: it is then run again after a pause.
    /// </summary>
    Task RunAsync(CancellationToken stopping);
}
