using System.Globalization;
using System.Text.Json;

namespace TikTok.Functions.Platform;

/// <summary>
/// A token bucket: it holds <paramref name="Capacity"/> and fills evenly within <paramref name="Window"/>. A caller who has been away may use the whole
/// capacity at once, and over any time no more than that and what has flowed in.
/// </summary>
/// <param name="Capacity">From 1 on.</param>
public sealed record RateLimit(RouteClass Class, int Capacity, TimeSpan Window)
{
    /// <summary>Below this many tokens every one is taken from the shared bucket.</summary>
    public double Edge { get; } = Capacity / 2.0;

    /// <summary>How many an instance may spend above the edge before it has told the shared bucket: one in a hundred, of small capacities none.</summary>
    public int Batch { get; } = Capacity / 100;

    /// <summary>Tokens that flow in per millisecond.</summary>
    public double Rate { get; } = Capacity / Window.TotalMilliseconds;

    /// <summary>The name of the policy to clients, and in keys: <c>watchEvents</c>.</summary>
    public string Name { get; } = NameOf(Class);

    /// <summary>The item of <c>RateLimit-Policy</c>.</summary>
    public string Policy { get; } = string.Create(
        CultureInfo.InvariantCulture, $"\"{NameOf(Class)}\";q={Capacity};w={(long)Window.TotalSeconds}");

    /// <summary>How long so many tokens take to flow in, rounded up.</summary>
    public long SecondsFor(double tokens) => (long)Math.Ceiling((tokens / Capacity * Window.TotalSeconds) - 1e-6);

    public static string NameOf(RouteClass routeClass) => JsonNamingPolicy.CamelCase.ConvertName(routeClass.ToString());
}

/// <summary>What became of a request for a token.</summary>
/// <param name="Left">Tokens that are left, as far as is known here: whole, from 0 on.</param>
/// <param name="RetryAfter">Until there is a token again; zero when one was given.</param>
public readonly record struct RateDecision(RateLimit Limit, bool IsAllowed, int Left, TimeSpan RetryAfter)
{
    /// <summary>Until the bucket is full again when nothing more is taken, in whole seconds.</summary>
    public long SecondsToFull => Limit.SecondsFor(Limit.Capacity - Left);

    internal static RateDecision Allowed(RateLimit limit, double left) =>
        new(limit, true, (int)Math.Clamp(left, 0, limit.Capacity), TimeSpan.Zero);

    internal static RateDecision Refused(RateLimit limit, double left) =>
        new(limit, false, 0, TimeSpan.FromMilliseconds(Math.Max(0, (1 - left) / limit.Rate)));
}
