using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Describes the HTTP functions as they are declared, in OpenAPI 3.1: nothing in it is written twice, so nothing can differ.</summary>
public sealed partial class ApiDescription(FunctionCatalog catalog)
{
    private const string Bearer = "bearer";

    private readonly ApiWords _words = new(typeof(ApiDescription).Assembly, typeof(Role).Assembly);

    // The route is not case-sensitive, so neither is the prefix that a request has.
    private readonly ConcurrentDictionary<string, JsonObject> _byBasePath = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The description, which is made once and not to be changed.</summary>
    /// <param name="basePath">The route prefix: <c>/api/v1</c>.</param>
    public JsonObject Describe(string basePath) => _byBasePath.GetOrAdd(basePath, Make);

    private JsonObject Make(string basePath)
    {
        var schemas = new ApiSchemas(_words);
        var problem = schemas.OfAnswer(typeof(Problem));
        var paths = new JsonObject();
        foreach (var function in catalog.All.OrderBy(f => f.Route, StringComparer.Ordinal))
        {
            var path = PathOf(function);
            if (paths[path] is not JsonObject operations) paths[path] = operations = new JsonObject();
            foreach (var method in function.Methods) operations[method.ToLowerInvariant()] = Operation(function, method, schemas, problem);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Short video API", ["version"] = "1" },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = basePath }),
            ["security"] = new JsonArray(new JsonObject { [Bearer] = new JsonArray() }),
            ["tags"] = Tags(),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    [Bearer] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                },
                ["schemas"] = schemas.Components(),
            },
        };
    }

    /// <summary>The route as a path template: <c>videos/{id:length(26)}</c> is <c>/videos/{id}</c>.</summary>
    internal static string PathOf(HttpFunction function) => "/" + RouteParameter().Replace(function.Route, "{${name}}");

    /// <summary>A tag is the folder of the function; what its classes say of themselves is what it is about.</summary>
    private JsonArray Tags()
    {
        var tags = catalog.All.GroupBy(TagOf, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(functions =>
        {
            var tag = new JsonObject { ["name"] = functions.Key };
            var words = functions.Select(f => f.Method.DeclaringType!).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal).Select(_words.Of).OfType<string>();
            if (string.Join(' ', words) is { Length: > 0 } about) tag["description"] = about;
            return (JsonNode)tag;
        });
        return new JsonArray([.. tags]);
    }

    private static string TagOf(HttpFunction function) => function.Method.DeclaringType!.Namespace!.Split('.')[^1];

    private JsonObject Operation(HttpFunction function, string method, ApiSchemas schemas, JsonObject problem)
    {
        var operation = new JsonObject
        {
            ["operationId"] = JsonNamingPolicy.CamelCase.ConvertName(function.Name) + (function.Methods.Count > 1 ? $"_{method.ToLowerInvariant()}" : ""),
            ["summary"] = ApiWords.FromName(function.Name),
            ["tags"] = new JsonArray(TagOf(function)),
        };
        if (_words.Of(function.Method) is { } words) operation["description"] = words;
        if (function.Limit is { } limit) operation["x-rate-limit"] = RateLimit.NameOf(limit);
        if (function.IsOpen) operation["security"] = new JsonArray();
        if (function.LeastRole > Role.User) operation["security"] = new JsonArray(new JsonObject { [Bearer] = new JsonArray(RouteRoles.NameOf(function.LeastRole)) });
        if (Parameters(function, schemas) is { Count: > 0 } parameters) operation["parameters"] = parameters;
        if (function.Asks is { } body)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", schemas.OfRequest(body)) };
        }

        var responses = new JsonObject();
        foreach (var answer in function.Answers.OrderBy(a => a.Status))
        {
            var response = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(answer.Status) };
            if (answer.Type is { } type) response["content"] = Content(answer.MediaType, schemas.OfAnswer(type));
            responses[answer.Status.ToString()] = response;
        }

        foreach (var (status, types) in ApiRefusals.Of(function).Where(r => !responses.ContainsKey(r.Key.ToString())))
        {
            responses[status.ToString()] = new JsonObject
            {
                ["description"] = ReasonPhrases.GetReasonPhrase(status),
                ["content"] = Content("application/problem+json", new JsonObject
                {
                    ["allOf"] = new JsonArray(
                        problem.DeepClone(),
                        new JsonObject { ["properties"] = new JsonObject { ["type"] = new JsonObject { ["enum"] = new JsonArray([.. types.Select(t => (JsonNode)t)]) } } }),
                }),
            };
        }

        responses["default"] = new JsonObject
        {
            ["description"] = "Any other problem (RFC 9457)",
            ["content"] = Content("application/problem+json", problem.DeepClone()),
        };
        operation["responses"] = responses;
        return operation;
    }

    private static JsonArray Parameters(HttpFunction function, ApiSchemas schemas)
    {
        var parameters = new JsonArray();
        foreach (Match match in RouteParameter().Matches(function.Route))
            parameters.Add(Parameter("path", match.Groups["name"].Value, isRequired: true, new JsonObject { ["type"] = "string" }, about: null));
        foreach (var query in function.Queries)
            parameters.Add(Parameter("query", query.Name, isRequired: false, schemas.OfRequest(query.Type), query.About ?? AboutPaging(query.Name)));
        foreach (var header in function.Headers)
            parameters.Add(Parameter("header", header.Name, isRequired: false, new JsonObject { ["type"] = "string" }, header.About));
        if (function.Idempotency != IdempotencyMode.Ignored)
        {
            var schema = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = IdempotencyMiddleware.MaxKeyLength };
            parameters.Add(Parameter(
                "header", IdempotencyMiddleware.Header, function.Idempotency == IdempotencyMode.Required, schema,
                "The client's own name for this request; repeated with it, it is done once."));
        }

        return parameters;
    }

    private static string? AboutPaging(string query) => query switch
    {
        "limit" or "count" => $"How many items: 1 to {PagingRequestExtensions.MaxLimit}, {PagingRequestExtensions.DefaultLimit} unless given.",
        "cursor" => "`nextCursor` of the page before; absent for the first.",
        _ => null,
    };

    private static JsonObject Parameter(string place, string name, bool isRequired, JsonNode schema, string? about)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["schema"] = schema };
        if (about is not null) parameter["description"] = about;
        if (isRequired) parameter["required"] = true;
        return parameter;
    }

    private static JsonObject Content(string mediaType, JsonNode schema) => new() { [mediaType] = new JsonObject { ["schema"] = schema } };

    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RouteParameter();
}
