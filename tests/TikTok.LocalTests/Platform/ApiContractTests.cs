using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Platform;

/// <summary>The served description against the functions, and against what the host answers.</summary>
[Collection(nameof(ProductService))]
public sealed class ApiContractTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task Description_has_every_route_of_the_functions_and_no_other()
    {
        var declared = typeof(FunctionCatalog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>()
            .SelectMany(trigger => trigger.Methods!.Select(m => $"{m} /{Regex.Replace(trigger.Route!, @":[^}]*\}", "}", RegexOptions.None, TimeSpan.FromSeconds(1))}"));

        Assert.Equal(declared.Order(StringComparer.Ordinal), (await OperationsAsync()).Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_described_route_is_answered_by_its_function_and_asks_for_a_token_unless_it_is_open()
    {
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            var answer = await _http.SendAsync(new HttpMethod(method.ToUpperInvariant()), path[1..].Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
            var open = operation.TryGetProperty("security", out var security) && security.GetArrayLength() == 0;
            if (open)
                Assert.NotEqual(HttpStatusCode.Unauthorized, answer.Status);
            else
                Assert.True(answer.Status == HttpStatusCode.Unauthorized && answer.ProblemType == "/problems/unauthorized", $"{method} {path}: {answer.Status}");
        }
    }

    [Fact]
    public async Task Every_reference_of_the_description_has_its_schema()
    {
        var description = await _http.SendAsync(HttpMethod.Get, "openapi.json");
        var schemas = description.Body.GetProperty("components").GetProperty("schemas");
        var references = Regex.Matches(description.Text, "\"\\$ref\":\"#/components/schemas/([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5))
            .Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.Contains("SignedIn", references);
        Assert.All(references, name => Assert.Equal("object", schemas.GetProperty(name).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Answer_has_just_the_members_that_the_description_says()
    {
        var schemas = (await _http.SendAsync(HttpMethod.Get, "openapi.json")).Body.GetProperty("components").GetProperty("schemas");
        var user = await _http.RegisterAsync();
        var profile = await _http.SendAsync(HttpMethod.Get, "users/me", token: user.AccessToken);
        var members = profile.Body.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var schema = schemas.GetProperty("OwnProfile");
        Assert.Subset(schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal), members);
        Assert.Superset(schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()!).ToHashSet(StringComparer.Ordinal), members);
    }

    [Fact]
    public async Task Health_of_a_service_whose_every_part_runs()
    {
        var health = await _http.SendAsync(HttpMethod.Get, "health");
        Assert.True(health.Status == HttpStatusCode.OK, health.Text);
        Assert.Equal(
            ["blobs", "cosmos", "eventHubs", "queues", "ranker"],
            health.Body.GetProperty("dependencies").EnumerateObject().Select(d => d.Name).Order(StringComparer.Ordinal));
        Assert.All(health.Body.GetProperty("dependencies").EnumerateObject(), d => Assert.Equal("healthy", d.Value.GetProperty("status").GetString()));
    }

    private async Task<IReadOnlyList<(string Method, string Path, JsonElement Operation)>> OperationsAsync()
    {
        var description = await _http.SendAsync(HttpMethod.Get, "openapi.json");
        Assert.True(description.Status == HttpStatusCode.OK, description.Text);
        Assert.Equal("/api/v1", description.Body.GetProperty("servers")[0].GetProperty("url").GetString());
        return [.. description.Body.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name, path.Name, operation.Value)))];
    }
}
