using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>Signing up, in and out.</summary>
public sealed class AuthFunctions(Registration registration, SignIn signIn, Sessions sessions, PasswordChange passwordChange)
{
    [Function("Register"), Open, Limited(RouteClass.Registrations), Asks<RegisterRequest>, Answers<SignedIn>(StatusCodes.Status201Created)]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/under-age"), Refuses(StatusCodes.Status409Conflict, "/problems/username-taken")]
    public async Task<IResult> RegisterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/register")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<RegisterRequest>(cancellationToken);
        return Answers.Created(await registration.RegisterAsync(body, request.ClientAddress(), DeviceOf(request), cancellationToken));
    }

    [Function("Login"), Open, Limited(RouteClass.SignIns), Asks<LoginRequest>, Answers<SignedIn>, Idempotency(IdempotencyMode.Ignored)]
    [Refuses(StatusCodes.Status401Unauthorized, "/problems/invalid-credentials")]
    public async Task<IResult> LoginAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/login")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<LoginRequest>(cancellationToken);
        return Answers.Ok(await signIn.LoginAsync(body, request.ClientAddress(), DeviceOf(request), cancellationToken));
    }

    /// <remarks>With an <c>Idempotency-Key</c> a client that lost the answer can ask for it again, instead of losing its session.</remarks>
    [Function("Refresh"), Open, Limited(RouteClass.SignIns), Asks<RefreshTokenRequest>, Answers<SignedIn>]
    [Refuses(StatusCodes.Status401Unauthorized, "/problems/invalid-refresh-token")]
    public async Task<IResult> RefreshAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/refresh")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<RefreshTokenRequest>(cancellationToken);
        return Answers.Ok(await sessions.RefreshAsync(body.RefreshToken, cancellationToken));
    }

    [Function("Logout"), Asks<RefreshTokenRequest>, AnswersNothing, Idempotency(IdempotencyMode.Ignored)]
    public async Task<IResult> LogoutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "auth/logout")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<RefreshTokenRequest>(cancellationToken);
        await sessions.EndAsync(request.RequireCaller(), body.RefreshToken, cancellationToken);
        return Answers.NoContent();
    }

    /// <summary>Ends the caller's other sessions.</summary>
    [Function("ChangePassword"), Asks<PasswordChangeRequest>, AnswersNothing]
    [Refuses(StatusCodes.Status403Forbidden, "/problems/wrong-password")]
    public async Task<IResult> ChangePasswordAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/me/password")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync<PasswordChangeRequest>(cancellationToken);
        await passwordChange.ChangeAsync(request.RequireCaller(), request.ClientAddress(), body, cancellationToken);
        return Answers.NoContent();
    }

    private static string DeviceOf(HttpRequest request) => DeviceName.Of(request.Headers.UserAgent);
}

/// <param name="RefreshToken">The newest one of the session. One that was used before ends the session: somebody else may have it.</param>
public sealed record RefreshTokenRequest(string RefreshToken);
