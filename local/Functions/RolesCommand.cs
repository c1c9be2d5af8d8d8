using System.CommandLine;
using TikTok.Functions.Platform;

namespace TikTok.Local.Functions;

/// <summary><c>roles</c>: prints docs/api/roles.md.</summary>
internal static class RolesCommand
{
    public static Command Create()
    {
        var command = new Command("roles", "Prints the table of who may call which route.");
        command.SetAction(_ => Console.Out.Write(RouteRoles.Table(new FunctionCatalog(typeof(FunctionCatalog).Assembly))));
        return command;
    }
}
