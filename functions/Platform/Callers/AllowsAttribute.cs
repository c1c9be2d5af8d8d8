using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>
/// The least role that may call an HTTP function; those above it may too. Without it every account may. This is the one place that says so: callers
/// are refused before the function runs, openapi.json and docs/api/roles.md are made from it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllowsAttribute(Role leastRole) : Attribute
{
    public Role LeastRole { get; } = leastRole;
}
