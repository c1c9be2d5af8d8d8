using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The request behind an HTTP execution.</summary>
public static class FunctionContextExtensions
{
    internal static readonly object HttpContextKey = "HttpRequestContext";

    /// <summary>Null when the function was not started over HTTP.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(HttpContextKey, out var item) ? item as HttpContext : null;
}
