using Microsoft.AspNetCore.Http;

namespace TikTok.Functions.Platform;

/// <summary>Says what an HTTP function's body is, for the API description.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class AsksAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}

/// <inheritdoc cref="AsksAttribute"/>
public sealed class AsksAttribute<T>() : AsksAttribute(typeof(T));

/// <summary>Says what an HTTP function answers when all is well, for the API description.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class AnswersAttribute(int status, Type? type, string mediaType = "application/json") : Attribute
{
    public int Status { get; } = status;

    /// <summary>null: no body.</summary>
    public Type? Type { get; } = type;

    public string MediaType { get; } = mediaType;
}

/// <summary>The function answers 200 with text that is not JSON.</summary>
public sealed class AnswersTextAttribute(string mediaType) : AnswersAttribute(StatusCodes.Status200OK, typeof(string), mediaType);

/// <inheritdoc cref="AnswersAttribute"/>
public sealed class AnswersAttribute<T>(int status = StatusCodes.Status200OK) : AnswersAttribute(status, typeof(T));

/// <summary>The function answers 204.</summary>
public sealed class AnswersNothingAttribute() : AnswersAttribute(StatusCodes.Status204NoContent, type: null);

/// <summary>
/// Says how an HTTP function refuses what it is asked, for the API description: beyond what all functions that are declared as it is refuse with
/// (<see cref="ApiRefusals"/>).
/// </summary>
/// <param name="status">400 to 499.</param>
/// <param name="types">Of the problem documents: <c>/problems/username-taken</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RefusesAttribute(int status, params string[] types) : Attribute
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Types { get; } = types;
}

/// <summary>Names a query parameter of an HTTP function, for the API description.</summary>
/// <param name="type">Its type; text unless told.</param>
/// <remarks>What <c>limit</c> and <c>cursor</c> are is the same everywhere, and need not be said.</remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, Type? type = null) : Attribute
{
    public string Name { get; } = name;

    public Type Type { get; } = type ?? typeof(string);

    /// <summary>What it asks for, and what holds without it.</summary>
    public string? About { get; init; }
}

/// <summary>Names an optional header field, of text, that an HTTP function reads, for the API description.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HeaderAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>What it tells, and what holds without it.</summary>
    public string? About { get; init; }
}
