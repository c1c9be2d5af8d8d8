namespace TikTok.Local.Functions.Hosting;

/// <summary>
/// Says at once that something was put into storage, so that listeners need not poll quickly. Signals may be lost; every listener also looks for itself,
/// only less often.
/// </summary>
internal interface IStorageSignals
{
    /// <summary>Whether signals arrive at the moment.</summary>
    bool IsConnected { get; }

    /// <summary>Calls back when a message was put into this queue, and when signals may have been missed.</summary>
    IDisposable OnMessage(string queue, Action put);

    /// <summary>Calls back with the name of a blob written in this container, or with null when signals may have been missed.</summary>
    IDisposable OnBlob(string container, Action<string?> written);
}

/// <summary>No signals: listeners only poll.</summary>
internal sealed class NoStorageSignals : IStorageSignals, IDisposable
{
    public bool IsConnected => false;

    public IDisposable OnMessage(string queue, Action put) => this;

    public IDisposable OnBlob(string container, Action<string?> written) => this;

    public void Dispose()
    {
    }
}
