using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TikTok.Local.Faults;

/// <summary>
/// Faults over HTTP: <c>POST /_faults</c> with a <see cref="FaultRule"/> as JSON adds one, <c>GET</c> lists them, <c>DELETE</c>
/// ends them all. Paths that begin with <c>/_</c> are the emulator's own and never fail.
/// </summary>
internal static class FaultInjection
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Adds the admin endpoint and the failing itself in front of what follows in the pipeline.</summary>
    public static void UseFaults(this IApplicationBuilder app, FaultRules rules, TimeProvider time)
    {
        app.Use(async (context, next) =>
        {
            var path = context.Request.Path.Value ?? "/";
            if (path == "/_faults")
            {
                await AdministerAsync(context, rules);
            }
            else if (!path.StartsWith("/_", StringComparison.Ordinal)
                && rules.Take(context.Request.Method, path, context.Request.QueryString.Value ?? "") is { } fault)
            {
                await FailAsync(context, fault, next, time);
            }
            else
            {
                await next(context);
            }
        });
    }

    private static async Task FailAsync(HttpContext context, FaultRule fault, RequestDelegate next, TimeProvider time)
    {
        if (fault.DelayMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), time, context.RequestAborted);
        }

        if (fault.Drop == FaultDrop.Before)
        {
            context.Abort();
        }
        else if (fault.Drop == FaultDrop.After)
        {
            context.Response.Body = Stream.Null;
            await next(context);
            context.Abort();
        }
        else if (fault.Status is { } status)
        {
            context.Response.StatusCode = status;
            if (fault.RetryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
        }
        else
        {
            await next(context);
        }
    }

    private static async Task AdministerAsync(HttpContext context, FaultRules rules)
    {
        switch (context.Request.Method)
        {
            case "POST":
                try
                {
                    var rule = await context.Request.ReadFromJsonAsync<FaultRule>(Json, context.RequestAborted);
                    rules.Add(rule ?? throw new JsonException("A rule is needed."));
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                }
                catch (JsonException malformed)
                {
                    context.Response.StatusCode = StatusCodes.Status400BadRequest;
                    await context.Response.WriteAsync(malformed.Message, context.RequestAborted);
                }

                break;
            case "DELETE":
                rules.Clear();
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "GET":
                await context.Response.WriteAsJsonAsync(rules.Current, Json, context.RequestAborted);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                break;
        }
    }
}
