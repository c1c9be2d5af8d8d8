using System.Net.Http.Headers;
using System.Text.Json;

namespace TikTok.Benchmarks.Routes;

/// <summary>One request that its route grants.</summary>
/// <param name="Path">Below the route prefix.</param>
/// <param name="As">null: nobody.</param>
internal sealed record RouteCall(string Path, AuthenticationHeaderValue? As = null, object? Body = null);

/// <summary>How one route is called again and again so that each time it does what it is there for.</summary>
/// <param name="Function">Its name in the catalog.</param>
/// <param name="Call">The call of a number, from 0. What must be there for it is written here, past the API, and is not part of what is measured.</param>
internal sealed record RouteScript(string Function, Func<int, Task<RouteCall>> Call)
{
    /// <summary>At most so many calls; fewer when the time for a route is over.</summary>
    public int Most { get; init; } = 120;

    /// <summary>Sees the answer of each call.</summary>
    public Action<JsonElement>? Then { get; init; }
}
