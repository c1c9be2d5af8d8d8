namespace TikTok.Local.Up.Display;

/// <summary>Shows a person how the local service is doing.</summary>
internal interface IUpDisplay
{
    /// <summary>Something happened.</summary>
    void Event(string line);

    /// <summary>Something to keep in sight: a URL, the login.</summary>
    void Note(string line);

    /// <summary>Shows until cancelled; never throws for it.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Plain lines, for a pipe or a log: one per event, none while nothing happens.</summary>
internal sealed class PlainDisplay(TextWriter output) : IUpDisplay
{
    private readonly Lock _gate = new();

    public void Event(string line) => Write($"up: {line}");

    public void Note(string line) => Write(line);

    public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Write(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
