namespace TikTok.Local.Up.Display;

/// <summary>Another display, whose events the dashboard's collector hears as well.</summary>
internal sealed class RecordingDisplay(IUpDisplay display, StatusCollector collector) : IUpDisplay
{
    public void Event(string line)
    {
        display.Event(line);
        collector.AddEvent(line);
    }

    public void Note(string line) => display.Note(line);

    public Task RunAsync(CancellationToken cancellationToken) => display.RunAsync(cancellationToken);
}
