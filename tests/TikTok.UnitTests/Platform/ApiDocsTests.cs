using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TikTok.Functions.Platform;
using TikTok.Local.ApiDocs;
using TikTok.UnitTests.Infra;

namespace TikTok.UnitTests.Platform;

/// <summary>The pages of <c>docs/api</c> against the code that they are generated from.</summary>
public sealed class ApiDocsTests
{
    private const string Command = "dotnet run --project local -c Release -- api-docs --out docs/api";

    [Fact]
    public void Pages_are_those_that_the_code_makes_now()
    {
        var folder = Path.Combine(Bicep.RepositoryRoot, "docs", "api");
        var pages = ApiDocsCommand.Pages();
        var written = Directory.GetFiles(folder, "*.md").Where(ApiDocsCommand.IsGenerated).ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);

        var stale = pages.Keys.Union(written.Keys, StringComparer.Ordinal).Where(name => pages.GetValueOrDefault(name) != written.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();

        Assert.True(stale.Count == 0, $"docs/api is not current ({string.Join(", ", stale)}). Write it anew and commit it:\n    {Command}");
    }

    [Fact]
    public void README_names_the_command_that_writes_them() =>
        Assert.Contains(Command, File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "README.md")), StringComparison.Ordinal);

    [Fact]
    public void Every_route_is_on_a_page_and_in_the_index()
    {
        var pages = ApiDocsCommand.Pages();
        foreach (var function in new FunctionCatalog(typeof(FunctionCatalog).Assembly).All)
        {
            var heading = $"`{function.Methods[0]} {ApiDescription.PathOf(function)}`";
            Assert.Contains(heading, pages["README.md"], StringComparison.Ordinal);
            Assert.Contains(pages, page => page.Value.Contains($"\n## {heading}\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_body_has_an_example_of_its_shape()
    {
        var pages = string.Concat(ApiDocsCommand.Pages().Values);
        foreach (var function in new FunctionCatalog(typeof(FunctionCatalog).Assembly).All.Where(f => f.Asks is not null))
        {
            var start = pages.IndexOf($"\n## `{function.Methods[0]} {ApiDescription.PathOf(function)}`\n", StringComparison.Ordinal);
            var section = pages[start..pages.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
            var example = Regex.Match(section, "-d '([^']+)'", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

            using var body = JsonDocument.Parse(example);
            JsonShape.RefuseMismatch(body.RootElement, JsonRequestExtensions.Options.GetTypeInfo(function.Asks!));
        }
    }

    [Fact]
    public void Every_link_of_a_page_leads_somewhere()
    {
        var folder = Path.Combine(Bicep.RepositoryRoot, "docs", "api");
        var pages = ApiDocsCommand.Pages();
        foreach (var (name, text) in pages)
        {
            foreach (Match link in Regex.Matches(text, @"\]\((?<file>[a-z-]+\.md)?(#(?<anchor>[^)]+))?\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
            {
                var file = link.Groups["file"] is { Success: true, Value: var other } ? other : name;
                var target = pages.GetValueOrDefault(file) ?? File.ReadAllText(Path.Combine(folder, file));
                if (link.Groups["anchor"] is { Success: true, Value: var anchor }) Assert.Contains(anchor, Anchors(target));
            }
        }
    }

    /// <summary>As GitHub makes them of headings: lower case, punctuation left out, blanks as hyphens.</summary>
    private static IEnumerable<string> Anchors(string page) => Regex.Matches(page, "^#+ (.+)$", RegexOptions.Multiline, TimeSpan.FromSeconds(5))
        .Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), "[^a-z0-9 _-]", "", RegexOptions.None, TimeSpan.FromSeconds(1)).Replace(' ', '-'));

    [Fact]
    public void Description_says_what_the_comments_of_the_code_say()
    {
        var description = new ApiDescription(new FunctionCatalog(typeof(FunctionCatalog).Assembly)).Describe("/api/v1");

        var operation = description["paths"]!["/users/{id}/videos"]!["get"]!;
        var body = description["components"]!["schemas"]!["UploadInitRequest"]!["properties"]!;
        Assert.Equal("List user videos", (string?)operation["summary"]);
        Assert.StartsWith("A creator's videos, newest first", (string?)operation["description"], StringComparison.Ordinal);
        Assert.Equal("Bytes, 1 to 4 GB.", (string?)body["filesize"]!["description"]);
        Assert.Equal("uploads", (string?)description["paths"]!["/videos/upload/init"]!["post"]!["x-rate-limit"]);
        Assert.DoesNotContain(Leaves(description), text => text.Contains("<see", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Leaves(m.Value)),
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
