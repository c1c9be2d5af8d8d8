using System.CommandLine;
using TikTok.Functions.Platform;

namespace TikTok.Local.ApiDocs;

/// <summary><c>api-docs</c>: writes <c>docs/api</c> from the API description.</summary>
public static class ApiDocsCommand
{
    public static Command Create()
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "Where the pages go; those of earlier runs are removed.", DefaultValueFactory = _ => new DirectoryInfo("docs/api") };
        var command = new Command("api-docs", "Writes the pages of docs/api from the API description.") { output };
        command.SetAction(parsed => Write(parsed.GetRequiredValue(output).FullName));
        return command;
    }

    /// <summary>The pages by file name, as they should be.</summary>
    public static IReadOnlyDictionary<string, string> Pages()
    {
        var description = new ApiDescription(new FunctionCatalog(typeof(FunctionCatalog).Assembly));
        return new ApiPages(description.Describe("/api/v1")).Write();
    }

    /// <summary>Whether a page of the folder is one of these.</summary>
    public static bool IsGenerated(string file) => File.ReadAllText(file).StartsWith(ApiPages.Mark, StringComparison.Ordinal);

    private static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var stale in Directory.GetFiles(folder, "*.md").Where(IsGenerated)) File.Delete(stale);
        foreach (var (name, text) in Pages()) File.WriteAllText(Path.Combine(folder, name), text);
    }
}
