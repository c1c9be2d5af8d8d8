using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>With which problems an HTTP function refuses: those that follow from how it is declared, and those that it names itself (<see cref="RefusesAttribute"/>).</summary>
internal static class ApiRefusals
{
    /// <summary>The problem types by status, in order.</summary>
    public static SortedDictionary<int, SortedSet<string>> Of(HttpFunction function)
    {
        var refusals = new SortedDictionary<int, SortedSet<string>>();
        foreach (var problem in Platform(function)) Add(refusals, problem.Problem.Status, problem.Problem.Type);
        foreach (var own in function.Refuses)
        {
            foreach (var type in own.Types) Add(refusals, own.Status, type);
        }

        return refusals;
    }

    private static IEnumerable<ProblemException> Platform(HttpFunction function)
    {
        var readsBody = function.Asks is not null || function.Idempotency != IdempotencyMode.Ignored;
        yield return Problems.TooManyRequests(TimeSpan.Zero);
        yield return Problems.Unavailable(TimeSpan.Zero);
        if (!function.IsOpen) yield return Problems.Unauthorized("");
        if (function.LeastRole > Role.User) yield return Problems.RoleRequired(function.LeastRole);
        if (function.Route.Contains('{', StringComparison.Ordinal)) yield return Problems.NotFound("");
        if (readsBody || function.Queries.Any()) yield return Problems.Invalid("", "");
        if (function.Asks is not null) yield return Problems.UnsupportedMediaType("");
        if (readsBody)
        {
            yield return Problems.Malformed("");
            yield return Problems.RequestTimeout();
            yield return Problems.TooLarge(0);
        }

        if (function.Idempotency == IdempotencyMode.Ignored) yield break;
        yield return IdempotencyMiddleware.InProgress();
        yield return IdempotencyMiddleware.KeyReused();
    }

    private static void Add(SortedDictionary<int, SortedSet<string>> refusals, int status, string type)
    {
        if (!refusals.TryGetValue(status, out var types)) refusals[status] = types = new SortedSet<string>(StringComparer.Ordinal);
        types.Add(type);
    }
}
