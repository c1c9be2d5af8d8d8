using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.Functions.Platform;

/// <summary><c>GET openapi.json</c>: the description of this API.</summary>
public sealed class OpenApiFunctions(ApiDescription description)
{
    private const string Route = "openapi.json";

    [Function("GetOpenApi"), Open, Answers<JsonObject>]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request) =>
        Answers.Ok(description.Describe(request.Path.Value![..^(Route.Length + 1)]));
}
