using System.Net;

namespace TikTok.LocalTests.Platform;

/// <summary>A service of its own, whose parts are killed.</summary>
public sealed class UnhealthyTests
{
    [Fact]
    public async Task Health_names_the_dependency_that_is_gone_and_recovers_with_it()
    {
        var service = new ProductService();
        await service.InitializeAsync();
        try
        {
            await UntilAsync(service.Http, HttpStatusCode.OK);
            await service.EventHubsProcess.KillAsync();
            var health = await UntilAsync(service.Http, HttpStatusCode.ServiceUnavailable);
            var dependencies = health.Body.GetProperty("dependencies");
            Assert.Equal("unhealthy", health.Body.GetProperty("status").GetString());
            Assert.Equal("unhealthy", dependencies.GetProperty("eventHubs").GetProperty("status").GetString());
            Assert.InRange(dependencies.GetProperty("eventHubs").GetProperty("latencyMs").GetInt64(), 0, 3000);
            Assert.Equal("healthy", dependencies.GetProperty("cosmos").GetProperty("status").GetString());

            await service.EventHubsProcess.RestartAsync();
            await UntilAsync(service.Http, HttpStatusCode.OK);

            await service.CosmosProcess.KillAsync();
            var started = TimeProvider.System.GetTimestamp();
            var login = await service.Http.PostAsync("auth/login", new { username = "someone", password = Api.Password });
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/unavailable"), (login.Status, login.ProblemType));
            Assert.True(login.Headers.ContainsKey("Retry-After"));
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Reports are kept for a second, so the one wanted may be a moment away.</summary>
    private static async Task<ApiAnswer> UntilAsync(HttpClient http, HttpStatusCode status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var health = await http.SendAsync(HttpMethod.Get, "health");
            if (health.Status == status) return health;
            await Task.Delay(TimeSpan.FromMilliseconds(250), patience.Token);
        }
    }
}
