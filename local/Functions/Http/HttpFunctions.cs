using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions.Http;

/// <summary>Maps HTTP functions to routes, and answers what no function answers.</summary>
internal sealed class HttpFunctions(
    FunctionSet functions, FunctionInvoker invoker, HostSettings settings, HttpThrottle throttle, FunctionKeys keys, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public void Map(WebApplication application)
    {
        application.Use(AnswerTheUnansweredAsync);
        application.UseRouting();
        if (application.Configuration["Host:CORS"] is { Length: > 0 } origins)
        {
            var credentials = bool.TryParse(application.Configuration["Host:CORSCredentials"], out var value) && value;
            application.UseCors(policy =>
            {
                policy.AllowAnyHeader().AllowAnyMethod().SetPreflightMaxAge(TimeSpan.FromMinutes(10));
                if (origins == "*")
                {
                    policy.AllowAnyOrigin();
                    return;
                }

                policy.WithOrigins(origins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                if (credentials)
                {
                    policy.AllowCredentials();
                }
            });
        }

        application.MapGet("/admin/host/status", Status);
        foreach (var function in functions.All)
        {
            if (function.Trigger is HttpTriggerAttribute trigger)
            {
                Map(application, function, trigger);
            }
        }
    }

    private void Map(WebApplication application, HostedFunction function, HttpTriggerAttribute trigger)
    {
        var route = (trigger.Route ?? function.Name).Trim('/');
        var prefix = settings.Http.RoutePrefix.Trim('/');
        var pattern = "/" + (prefix.Length == 0 ? route : $"{prefix}/{route}");
        var handle = new RequestDelegate(http => HandleAsync(http, function, trigger));
        var endpoint = trigger.Methods is { Length: > 0 } methods
            ? application.MapMethods(pattern, WithHead(methods), handle)
            : application.Map(pattern, handle);
        endpoint.WithDisplayName($"Function {function.Name}").WithMetadata(function);
    }

    /// <summary>HEAD is GET without a body; the server leaves the body out by itself.</summary>
    private static IEnumerable<string> WithHead(IEnumerable<string> methods)
    {
        var upper = methods.Select(method => method.ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        if (upper.Contains(HttpMethods.Get))
        {
            upper.Add(HttpMethods.Head);
        }

        return upper;
    }

    private async Task HandleAsync(HttpContext http, HostedFunction function, HttpTriggerAttribute trigger)
    {
        if (!keys.Allows(trigger.AuthLevel, http.Request))
        {
            await HttpProblem.WriteAsync(http, StatusCodes.Status401Unauthorized, "unauthorized", "Authentication required", "This function needs a key in x-functions-key or ?code=.");
            return;
        }

        using var place = await throttle.EnterAsync(http.RequestAborted);
        if (place is null)
        {
            http.Response.Headers.RetryAfter = "1";
            await HttpProblem.WriteAsync(http, StatusCodes.Status429TooManyRequests, "too-many-requests", "Too many requests", "The host has too many requests to work on.");
            return;
        }

        var failure = await invoker.InvokeAsync(function, new HttpInput(http), http);
        if (failure is null || http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var (status, type, title, detail) = failure switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "malformed", "Malformed request", bad.Message),
            FunctionInputConverterException => (StatusCodes.Status400BadRequest, "malformed", "Malformed request", "A part of the request has the wrong form."),
            TimeoutException => (StatusCodes.Status504GatewayTimeout, "timeout", "Timeout", "The function took too long."),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Internal error", "The function failed."),
        };
        if (!http.Response.HasStarted)
        {
            http.Response.Clear();
        }

        await HttpProblem.WriteAsync(http, status, type, title, detail);
    }

    private static async Task AnswerTheUnansweredAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response.HasStarted || http.GetEndpoint()?.Metadata.GetMetadata<HostedFunction>() is not null)
        {
            return;
        }

        if (http.Response.StatusCode == StatusCodes.Status404NotFound)
        {
            await HttpProblem.WriteAsync(http, StatusCodes.Status404NotFound, "no-route", "No such route", "Nothing is found at this address.");
        }
        else if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            await HttpProblem.WriteAsync(http, StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", $"{http.Request.Method} is not among {http.Response.Headers.Allow}.");
        }
    }

    private IResult Status(IHostEnvironment environment) => Results.Json(new
    {
        id = functions.HostId,
        state = "Running",
        processId = Environment.ProcessId,
        environment = environment.EnvironmentName,
        uptimeMs = (long)time.GetElapsedTime(_started).TotalMilliseconds,
        functions = functions.All.Count,
        residentBytes = Process.GetCurrentProcess().WorkingSet64,
        allocatedBytes = GC.GetTotalAllocatedBytes(),
    });
}
