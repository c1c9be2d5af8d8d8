using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>The HTTP functions of this application as their methods declare them.</summary>
public sealed class FunctionCatalog
{
    private readonly Dictionary<string, HttpFunction> _byName;

    public FunctionCatalog(Assembly assembly) => _byName = assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Select(HttpFunction.From)
        .OfType<HttpFunction>()
        .ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<HttpFunction> All => _byName.Values;

    /// <exception cref="KeyNotFoundException">No HTTP function has this name.</exception>
    public HttpFunction Get(string name) => _byName[name];
}

/// <summary>An HTTP function.</summary>
/// <param name="Methods">Upper case.</param>
/// <param name="Route">Template below the route prefix: <c>videos/{id}</c>.</param>
/// <param name="IsOpen">Answers without an access token.</param>
/// <param name="Idempotency">What it does with the header <c>Idempotency-Key</c>.</param>
public sealed record HttpFunction(
    string Name, MethodInfo Method, IReadOnlyList<string> Methods, string Route, bool IsOpen, IdempotencyMode Idempotency)
{
    /// <summary>The least role that may call it, if it is not open.</summary>
    public Role LeastRole { get; } = Method.GetCustomAttribute<AllowsAttribute>()?.LeastRole ?? Role.User;

    /// <summary>The body's type; null when there is none.</summary>
    public Type? Asks => Method.GetCustomAttribute<AsksAttribute>()?.Type;

    /// <summary>What its calls are counted in besides requests; null: nothing.</summary>
    public RouteClass? Limit { get; } = Method.GetCustomAttribute<LimitedAttribute>()?.Class;

    /// <summary>What it answers when all is well.</summary>
    public IEnumerable<AnswersAttribute> Answers => Method.GetCustomAttributes<AnswersAttribute>();

    /// <summary>How it refuses, besides as all do.</summary>
    public IEnumerable<RefusesAttribute> Refuses => Method.GetCustomAttributes<RefusesAttribute>();

    public IEnumerable<QueryAttribute> Queries => Method.GetCustomAttributes<QueryAttribute>();

    /// <summary>Header fields that it reads, besides those of all.</summary>
    public IEnumerable<HeaderAttribute> Headers => Method.GetCustomAttributes<HeaderAttribute>();

    internal static HttpFunction? From(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null);
        if (method.GetCustomAttribute<FunctionAttribute>() is not { } function || trigger is null) return null;

        IReadOnlyList<string> methods = [.. (trigger.Methods ?? []).Select(m => m.ToUpperInvariant())];
        var mode = method.GetCustomAttribute<IdempotencyAttribute>()?.Mode
            ?? (methods.Contains("POST", StringComparer.Ordinal) ? IdempotencyMode.Honoured : IdempotencyMode.Ignored);
        return new HttpFunction(
            function.Name, method, methods, trigger.Route ?? function.Name, method.GetCustomAttribute<OpenAttribute>() is not null, mode);
    }
}
