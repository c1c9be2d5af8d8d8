using System.Net;

namespace TikTok.LocalTests.Platform;

[Collection(nameof(ProductService))]
public sealed class IdempotencyTests(ProductService service)
{
    private readonly HttpClient _http = service.Http;

    [Fact]
    public async Task Repeated_request_gets_the_first_answer_again()
    {
        var (body, key) = (Registration(), Guid.NewGuid().ToString());
        var first = await _http.PostAsync("auth/register", body, idempotencyKey: key);
        var again = await _http.PostAsync("auth/register", body, idempotencyKey: key);
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Equal(first.Headers["Content-Type"], again.Headers["Content-Type"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task Repeated_refusal_is_repeated()
    {
        var (body, key) = (Registration("a b"), Guid.NewGuid().ToString());
        var first = await _http.PostAsync("auth/register", body, idempotencyKey: key);
        var again = await _http.PostAsync("auth/register", body, idempotencyKey: key);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        Assert.Equal("application/problem+json", again.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Same_key_with_another_body_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        await _http.PostAsync("auth/register", Registration(), idempotencyKey: key);
        var answer = await _http.PostAsync("auth/register", Registration(), idempotencyKey: key);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/idempotency-key-reused"), (answer.Status, answer.ProblemType));
    }

    [Fact]
    public async Task Twenty_at_once_with_one_key_run_once()
    {
        var (body, key) = (Registration(), Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _http.PostAsync("auth/register", body, idempotencyKey: key)));

        var created = answers.Where(a => a.Status == HttpStatusCode.Created).ToList();
        Assert.Single(created.Select(a => a.Text).Distinct(StringComparer.Ordinal));
        Assert.Single(created, a => !a.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.All(answers.Except(created), a =>
        {
            Assert.Equal((HttpStatusCode.Conflict, "/problems/request-in-progress"), (a.Status, a.ProblemType));
            Assert.Equal("1", a.Headers["Retry-After"]);
        });
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("")]
    public async Task Key_of_another_form_is_refused(string key)
    {
        var answer = await _http.PostAsync("auth/register", Registration(), idempotencyKey: key);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Body.GetProperty("errors").TryGetProperty("Idempotency-Key", out _));
    }

    [Fact]
    public async Task Key_of_another_caller_or_route_is_another_key()
    {
        var key = Guid.NewGuid().ToString();
        Assert.Equal(HttpStatusCode.Created, (await _http.PostAsync("auth/register", Registration(), idempotencyKey: key)).Status);
        var user = await _http.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync("auth/refresh", new { refreshToken = user.RefreshToken }, idempotencyKey: key)).Status);
    }

    private static object Registration(string? username = null) =>
        new { username = username ?? Api.NewName(), password = Api.Password, birthDate = "1990-01-01" };
}
