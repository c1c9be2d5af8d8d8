using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class FunctionCatalogTests
{
    private readonly FunctionCatalog _catalog = new(typeof(FunctionCatalog).Assembly);

    /// <summary>A function that becomes open must be put here too: nobody opens one by accident.</summary>
    [Fact]
    public void Open_functions_are_these() =>
        Assert.Equal(["GetHealth", "GetOpenApi", "GetPlaylist", "GetPrivacyRequest", "Login", "Refresh", "Register"], _catalog.All.Where(f => f.IsOpen).Select(f => f.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_HTTP_function_names_its_methods_and_its_route() =>
        Assert.All(_catalog.All, function =>
        {
            Assert.NotEmpty(function.Methods);
            Assert.DoesNotContain(" ", function.Route, StringComparison.Ordinal);
        });

    [Fact]
    public void Every_HTTP_function_says_what_it_answers() => Assert.All(_catalog.All, function => Assert.NotEmpty(function.Answers));

    [Fact]
    public void POST_functions_honour_idempotency_keys_unless_they_say_otherwise()
    {
        Assert.Equal(IdempotencyMode.Honoured, _catalog.Get("Register").Idempotency);
        Assert.Equal(IdempotencyMode.Ignored, _catalog.Get("Login").Idempotency);
        Assert.Equal(IdempotencyMode.Ignored, _catalog.Get("GetMe").Idempotency);
    }
}
