using TikTok.Core.Documents;
using TikTok.Functions.Platform;
using TikTok.UnitTests.Infra;

namespace TikTok.UnitTests.Platform;

public sealed class RouteRolesTests
{
    private readonly FunctionCatalog _catalog = new(typeof(FunctionCatalog).Assembly);

    [Fact]
    public void Staff_functions_are_all_those_below_ops_and_moderation_and_no_other() =>
        Assert.All(_catalog.All, function =>
            Assert.Equal(
                function.Route.StartsWith("ops/", StringComparison.Ordinal) || function.Route.StartsWith("moderation/", StringComparison.Ordinal),
                function.LeastRole >= Role.Moderator));

    [Fact]
    public void No_function_is_open_and_for_a_role() => Assert.All(_catalog.All, function => Assert.False(function.IsOpen && function.LeastRole > Role.User));

    [Fact]
    public void Description_names_the_role_that_a_call_asks_for()
    {
        var paths = new ApiDescription(_catalog).Describe("/api/v1")["paths"]!;
        Assert.Equal("""[{"bearer":["admin"]}]""", paths["/ops/users/{id}/role"]!["put"]!["security"]!.ToJsonString());
        Assert.Null(paths["/users/me"]!["get"]!["security"]);
    }

    [Fact]
    public void The_table_in_docs_is_that_of_the_functions()
    {
        var written = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "docs", "api", "roles.md"));
        Assert.True(written == RouteRoles.Table(_catalog), "docs/api/roles.md is out of date: dotnet run --project local -c Release -- roles > docs/api/roles.md");
    }
}
