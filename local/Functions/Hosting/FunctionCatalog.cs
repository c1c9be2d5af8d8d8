using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace TikTok.Local.Functions.Hosting;

/// <summary>Finds functions by reflection and refuses those that the real host could not run.</summary>
internal static class FunctionCatalog
{
    /// <exception cref="InvalidFunctionsException">Lists everything that is wrong, all functions together.</exception>
    public static IReadOnlyList<HostedFunction> Find(IEnumerable<Type> types)
    {
        var errors = new List<string>();
        var functions = new List<HostedFunction>();
        foreach (var method in types.SelectMany(Methods))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute)
            {
                continue;
            }

            if (Load(attribute.Name, method, errors) is { } function)
            {
                functions.Add(function);
            }
        }

        errors.AddRange(functions
            .GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {group.Count()} functions have this name: {string.Join(", ", group.Select(f => f.FullName))}."));
        return errors.Count == 0 ? functions : throw new InvalidFunctionsException(errors);
    }

    private static MethodInfo[] Methods(Type type) => type.IsClass && !type.ContainsGenericParameters
        ? type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        : [];

    private static HostedFunction? Load(string name, MethodInfo method, List<string> errors)
    {
        var where = $"{name} ({method.DeclaringType!.FullName}.{method.Name})";
        var before = errors.Count;
        if (name.Length is 0 or > 127 || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            errors.Add($"{where}: a function's name begins with a letter and has letters, digits, '_' and '-', 127 at most.");
        }

        if (!method.IsPublic || (!method.IsStatic && method.DeclaringType.IsAbstract))
        {
            errors.Add($"{where}: a function is a public method of a class that can be created.");
        }

        if (method.ReturnType == typeof(ValueTask) || (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            errors.Add($"{where}: the worker does not await {nameof(ValueTask)}; return a {nameof(Task)}.");
        }

        var triggers = method.GetParameters()
            .Select(parameter => (Parameter: parameter, Trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(pair => pair.Trigger is not null)
            .ToList();
        if (triggers.Count != 1)
        {
            errors.Add($"{where}: a function has one trigger, this has {triggers.Count}.");
            return null;
        }

        var (parameter, trigger) = triggers[0];
        errors.AddRange(TriggerRules.Check(method, parameter, trigger!).Select(error => $"{where}: {error}"));
        if (errors.Count > before)
        {
            return null;
        }

        var inputs = ImmutableDictionary<string, BindingMetadata>.Empty
            .Add(parameter.Name!, new LoadedBinding(parameter.Name!, TriggerRules.BindingType(trigger!), BindingDirection.In));
        var outputs = ImmutableDictionary<string, BindingMetadata>.Empty;
        if (trigger is HttpTriggerAttribute)
        {
            outputs = outputs.Add("$return", new LoadedBinding("$return", "http", BindingDirection.Out));
        }

        return new HostedFunction(new LoadedFunction(name, method, inputs, outputs), trigger!, parameter, method.GetCustomAttribute<RetryAttribute>());
    }
}

/// <summary>Functions that cannot be hosted.</summary>
internal sealed class InvalidFunctionsException(IReadOnlyList<string> errors)
    : Exception("These functions cannot run:\n  " + string.Join("\n  ", errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
