using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up.Display;

/// <summary>The live display's picture of a moment. It only draws.</summary>
internal static class StatusView
{
    public static IRenderable Render(UpStatus status)
    {
        var parts = new List<IRenderable> { Services(status.Services) };
        if (status.QueueLengths.Count > 0)
        {
            var queues = status.QueueLengths.Select(pair => $"{Markup.Escape(pair.Key)} {(pair.Value > 0 ? $"[bold]{pair.Value}[/]" : "0")}");
            parts.Add(new Markup($"[grey]queues[/]  {string.Join("  ", queues)}"));
        }
        parts.AddRange(status.Notes.Select(note => new Text(note)));
        if (status.Events.Count > 0) parts.Add(new Rule().RuleStyle("grey"));
        parts.AddRange(status.Events.Select(line => new Text(line, new Style(Color.Grey)) { Overflow = Overflow.Ellipsis }));
        return new Rows(parts);
    }

    private static Table Services(IReadOnlyList<ServiceRow> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumns("service", "state", "address");
        foreach (var heading in (string[])["memory", "cpu", "restarts"]) table.AddColumn(new TableColumn(heading).RightAligned());
        table.AddColumn("last error");
        foreach (var (service, usage) in rows)
        {
            table.AddRow(
                Markup.Escape(service.Name), State(service.State), Markup.Escape(service.Address ?? ""),
                usage is null ? "" : Megabytes(usage.ResidentBytes), usage is null ? "" : usage.CpuPercent.ToString("0.0", CultureInfo.InvariantCulture) + " %",
                service.Restarts == 0 ? "" : $"[yellow]{service.Restarts}[/]", Markup.Escape(Shortened(service.LastError ?? "")));
        }
        var total = rows.Sum(row => row.Usage?.ResidentBytes ?? 0);
        var cpu = rows.Sum(row => row.Usage?.CpuPercent ?? 0);
        table.AddRow("[grey]all[/]", "", "", $"[grey]{Megabytes(total)}[/]", $"[grey]{cpu.ToString("0.0", CultureInfo.InvariantCulture)} %[/]", "", "");
        return table;
    }

    private static string State(ServiceState state) => state switch
    {
        ServiceState.Running => "[green]running[/]",
        ServiceState.Restarting or ServiceState.Failed => $"[red]{state.ToString().ToLowerInvariant()}[/]",
        _ => $"[yellow]{state.ToString().ToLowerInvariant()}[/]",
    };

    private static string Megabytes(long bytes) => (bytes / 1_000_000.0).ToString("0", CultureInfo.InvariantCulture) + " MB";

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..79] + "…";
}
