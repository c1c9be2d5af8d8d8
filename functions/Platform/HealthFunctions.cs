using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.Functions.Platform;

/// <summary><c>GET health</c>: 200 while every dependency answers, else 503, and which one does not.</summary>
public sealed class HealthFunctions(DependencyHealth health)
{
    [Function("GetHealth"), Open, Answers<HealthReport>, Answers<HealthReport>(StatusCodes.Status503ServiceUnavailable)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var report = await health.AskAsync(cancellationToken);
        return Answers.Json(report.Status == HealthStatus.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, report);
    }
}
