using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using TikTok.Core.Telemetry;
using TikTok.UnitTests.Infra;

namespace TikTok.UnitTests.Telemetry;

/// <summary>What is measured, what is documented and what alerts ask for are the same names.</summary>
public sealed partial class TelemetryDocumentTests
{
    private static readonly IReadOnlyDictionary<string, string> Instruments = typeof(Metrics).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null)).OfType<Instrument>().ToDictionary(i => i.Name, i => i.Unit!, StringComparer.Ordinal);

    [Fact]
    public void Every_instrument_is_in_the_document_with_its_unit_and_no_other_is()
    {
        var document = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "docs", "telemetry.md"));

        var rows = Row().Matches(document).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["unit"].Value, StringComparer.Ordinal);

        Assert.Equal(Instruments.OrderBy(i => i.Key, StringComparer.Ordinal), rows.OrderBy(r => r.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Alerts_ask_for_metrics_and_functions_that_there_are()
    {
        var alerts = Bicep.Lines(Bicep.Module("monitoring"), "alerts");

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains("value = ", alert, StringComparison.Ordinal));
        var metrics = alerts.Where(a => a.Contains("AppMetrics", StringComparison.Ordinal)).SelectMany(a => Quoted().Matches(a)).Select(m => m.Groups["text"].Value);
        Assert.All(metrics.Where(text => text.Contains('_', StringComparison.Ordinal)), name => Assert.Contains(name, Instruments.Keys));
        Assert.Contains(alerts, a => a.Contains("Name == \"GetFeed\"", StringComparison.Ordinal));
        Assert.Contains(typeof(TikTok.Functions.Feed.FeedFunctions).GetMethods(), m =>
            m.GetCustomAttribute<Microsoft.Azure.Functions.Worker.FunctionAttribute>()?.Name == "GetFeed");
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \|[^|]*\| `(?<unit>[^`]+)` \|", RegexOptions.Multiline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("\"(?<text>[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();
}
