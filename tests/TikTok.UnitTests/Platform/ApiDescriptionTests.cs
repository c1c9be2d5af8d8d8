using System.Text.Json.Nodes;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class ApiDescriptionTests
{
    private readonly JsonObject _description = new ApiDescription(new FunctionCatalog(typeof(FunctionCatalog).Assembly)).Describe("/api/v1");

    [Fact]
    public void Describe_operation_with_a_body()
    {
        var register = _description["paths"]!["/auth/register"]!["post"]!;
        Assert.Equal("register", (string?)register["operationId"]);
        Assert.Equal("Accounts", (string?)register["tags"]![0]);
        Assert.Empty(register["security"]!.AsArray());
        Assert.Equal("#/components/schemas/RegisterRequest", (string?)register["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("#/components/schemas/SignedIn", (string?)register["responses"]!["201"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("#/components/schemas/Problem", (string?)register["responses"]!["default"]!["content"]!["application/problem+json"]!["schema"]!["$ref"]);
        Assert.Equal("Idempotency-Key", (string?)Assert.Single(register["parameters"]!.AsArray())!["name"]);
    }

    [Fact]
    public void Describe_operation_with_a_route_parameter_and_none_of_the_rest()
    {
        var user = _description["paths"]!["/users/{id}"]!["get"]!;
        Assert.Null(user["security"]);
        Assert.Null(user["requestBody"]);
        Assert.Equal("""{"name":"id","in":"path","schema":{"type":"string"},"required":true}""", Assert.Single(user["parameters"]!.AsArray())!.ToJsonString());
    }

    [Fact]
    public void Describe_schema_of_a_request_as_it_is_read()
    {
        var schema = _description["components"]!["schemas"]!["RegisterRequest"]!.DeepClone();
        foreach (var (_, member) in schema["properties"]!.AsObject()) member!.AsObject().Remove("description");
        Assert.Equal(
            """{"type":"object","properties":{"username":{"type":"string"},"password":{"type":"string"},"birthDate":{"type":"string","format":"date"},"displayName":{"type":"string"},"country":{"type":"string"}},"required":["username","password","birthDate"],"additionalProperties":false}""",
            schema.ToJsonString());
    }

    [Fact]
    public void Describe_refusals_that_follow_from_the_declaration_and_those_that_are_declared()
    {
        var responses = _description["paths"]!["/auth/register"]!["post"]!["responses"]!.AsObject();
        string Types(string status) => string.Join(' ', responses[status]!["content"]!["application/problem+json"]!["schema"]!["allOf"]![1]!["properties"]!["type"]!["enum"]!.AsArray().Select(t => (string?)t));

        Assert.Equal(["201", "400", "403", "408", "409", "413", "415", "422", "429", "503", "default"], responses.Select(r => r.Key));
        Assert.Equal("/problems/under-age", Types("403"));
        Assert.Equal("/problems/request-in-progress /problems/username-taken", Types("409"));
        Assert.Equal("/problems/invalid /problems/malformed", Types("400"));
    }

    [Fact]
    public void Describe_schema_of_an_answer_as_it_is_written()
    {
        var schema = _description["components"]!["schemas"]!["SignedIn"]!;
        Assert.Equal(
            ["userId", "username", "accountType", "accessToken", "refreshToken", "expiresIn"],
            schema["required"]!.AsArray().Select(r => (string?)r));
        Assert.Equal("""["standard","teen"]""", schema["properties"]!["accountType"]!["enum"]!.ToJsonString());
        Assert.DoesNotContain("errors", _description["components"]!["schemas"]!["Problem"]!["required"]!.ToJsonString());
        Assert.DoesNotContain("retryAfter", _description["components"]!["schemas"]!["Problem"]!.ToJsonString());
    }
}
