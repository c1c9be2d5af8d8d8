using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TikTok.Benchmarks.Harness;

/// <summary>Rows as a table for people and as JSON for machines.</summary>
internal static class BenchmarkReport
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(IAnsiConsole console, string benchmark, IReadOnlyList<BenchmarkRow> rows)
    {
        var table = new Table().Title(Markup.Escape(benchmark)).Border(TableBorder.Ascii2);
        table.AddColumn("row");
        foreach (var heading in (string[])["value", "unit", "peer", "peer value", "ratio", "target", "pass"])
            table.AddColumn(new TableColumn(heading) { Alignment = heading is "unit" or "peer" ? Justify.Left : Justify.Right });
        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.Name), Figure(row.Value), Markup.Escape(row.Unit), Markup.Escape(row.Peer ?? ""),
                row.PeerValue is { } peer ? Figure(peer) : "", row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
                Markup.Escape(row.Target?.ToString() ?? ""), row.Pass switch { true => "[green]yes[/]", false => "[red]NO[/]", null => "" });
        }
        console.Write(table);
    }

    public static Task WriteJsonAsync(string path, string benchmark, IReadOnlyList<BenchmarkRow> rows, DateTimeOffset at, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, JsonSerializer.Serialize(new
        {
            Benchmark = benchmark,
            At = at,
            Cores = Environment.ProcessorCount,
            Runtime = RuntimeInformation.FrameworkDescription,
            Rows = rows.Select(row => new
            {
                row.Name,
                row.Value,
                row.Unit,
                row.Peer,
                row.PeerValue,
                row.Ratio,
                Target = row.Target?.ToString(),
                row.Pass,
            }),
        }, JsonOptions) + "\n", cancellationToken);

    private static string Figure(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00##", CultureInfo.InvariantCulture),
    };
}
