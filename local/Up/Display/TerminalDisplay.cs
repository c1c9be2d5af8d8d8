using Spectre.Console;

namespace TikTok.Local.Up.Display;

/// <summary>A table that is redrawn in place, for a terminal.</summary>
internal sealed class TerminalDisplay(IAnsiConsole console, StatusCollector collector, TimeProvider time) : IUpDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int QueuesEvery = 3;

    public void Event(string line) => collector.AddEvent(line);

    public void Note(string line) => collector.AddNote(line);

    public Task RunAsync(CancellationToken cancellationToken) =>
        console.Live(StatusView.Render(collector.Collect())).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            for (var round = 0; !cancellationToken.IsCancellationRequested; round++)
            {
                live.UpdateTarget(StatusView.Render(collector.Collect()));
                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (round % QueuesEvery == 0) await collector.RefreshQueuesAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            live.UpdateTarget(StatusView.Render(collector.Collect()));
        });
}
