using Spectre.Console;
using TikTok.Local.Up.Display;
using TikTok.Local.Up.Supervision;

namespace TikTok.UnitTests.Up;

public sealed class StatusViewTests
{
    [Fact]
    public void Render_shows_services_queues_notes_and_events()
    {
        var text = Draw(new UpStatus(
            [
                new ServiceRow(new ServiceSnapshot("cosmos", ServiceState.Running, "https://127.0.0.1:20001", 42, 2, "was ended by signal 9"), new ServiceUsage(123_000_000, 1.5)),
                new ServiceRow(new ServiceSnapshot("jobs", ServiceState.Restarting, null, null, 1, null), null),
            ],
            new Dictionary<string, int> { ["probe"] = 3 }, ["API http://127.0.0.1:7071/api/v1"], ["cosmos ready"]));

        foreach (var expected in (string[])["cosmos", "running", "20001", "123 MB", "1.5 %", "signal 9", "restarting", "probe 3", "API http", "cosmos ready"])
            Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_draws_what_looks_like_markup_as_it_is() =>
        Assert.Contains("[fail] x[0]", Draw(new UpStatus(
            [new ServiceRow(new ServiceSnapshot("a", ServiceState.Running, null, 1, 0, "[fail] x[0]"), null)], new Dictionary<string, int>(), [], ["[red]"])), StringComparison.Ordinal);

    private static string Draw(UpStatus status)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        console.Write(StatusView.Render(status));
        return writer.ToString();
    }
}
