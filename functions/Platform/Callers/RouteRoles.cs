using System.Text;
using System.Text.Json;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Who may call what, as one table for people to read.</summary>
public static class RouteRoles
{
    private const string Head =
        """
        # Who may call what

        Made from what the functions declare (`[Open]`, `[Allows]`) by `dotnet run --project local -c Release -- roles > docs/api/roles.md`. A test holds this table true, and another
        walks every route with every role. 401: an access token is needed. 403: the role is not enough. What a caller may do with *somebody else's* things is
        each function's own to decide.


        """;

    /// <summary>Markdown with a row for each method and route.</summary>
    public static string Table(FunctionCatalog catalog)
    {
        var roles = Enum.GetValues<Role>();
        var table = new StringBuilder(Head);
        AddRow(table, ["call", "nobody", .. roles.Select(NameOf)]);
        AddRow(table, Enumerable.Repeat("---", roles.Length + 2));
        foreach (var function in catalog.All.OrderBy(f => f.Route, StringComparer.Ordinal).ThenBy(f => f.Methods[0], StringComparer.Ordinal))
        {
            foreach (var method in function.Methods)
            {
                AddRow(table, [
                    $"`{method} {ApiDescription.PathOf(function)[1..]}`",
                    function.IsOpen ? "yes" : "401",
                    .. roles.Select(role => role >= function.LeastRole ? "yes" : "403"),
                ]);
            }
        }

        return table.ToString();
    }

    /// <summary>As tokens, documents and the API write it.</summary>
    internal static string NameOf(Role role) => JsonNamingPolicy.CamelCase.ConvertName(role.ToString());

    private static void AddRow(StringBuilder table, IEnumerable<string> cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
