using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Core.Telemetry;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <param name="Username">3 to 24 characters of a-z, 0-9, <c>.</c> and <c>_</c>.</param>
/// <param name="Password">8 to 128 characters, and none of the passwords that are tried first.</param>
/// <param name="BirthDate">From 13 years ago back; a teen's account begins private.</param>
/// <param name="DisplayName">1 to 50 characters, on one line; the username unless given.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
public sealed record RegisterRequest(string Username, string Password, DateOnly BirthDate, string? DisplayName = null, string? Country = null);

/// <summary>
/// Makes accounts. The name is reserved first, then the account is created, then the reservation is confirmed; each step is a conditional write on the
/// reservation, so that whoever loses the name anywhere on the way learns of it and takes its account back.
/// </summary>
public sealed class Registration(
    UsernameStore usernames, AccountStore accounts, Passwords passwords, PasswordRules rules, Sessions sessions, LoginThrottle throttle, TimeProvider time,
    ILogger<Registration> logger)
{
    /// <summary>A registration takes well under a second. One that has not confirmed its name for so long is dead.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(5);

    /// <param name="address">Where the request came from.</param>
    /// <param name="device">See <see cref="DeviceName"/>.</param>
    /// <exception cref="ProblemException">400: invalid. 403: under age. 409: the name is taken.</exception>
    public async Task<SignedIn> RegisterAsync(RegisterRequest request, IPAddress? address, string device, CancellationToken cancellationToken)
    {
        var username = Validate(request);
        var userId = Id.New(time);
        var reservation = await ReserveAsync(username, userId, cancellationToken) ?? throw Taken();
        Account account;
        try
        {
            account = await accounts.CreateAsync(NewAccount(userId, username, request), cancellationToken);
            if (await usernames.TryReplaceAsync(reservation with { Confirmed = true }, cancellationToken) is null)
            {
                // Another registration took this one for dead.
                await accounts.DeleteAsync(userId, cancellationToken);
                throw Taken();
            }
        }
        catch (Exception e) when (e is not ProblemException)
        {
            await UndoAsync(reservation);
            throw;
        }

        await throttle.RegisteredAsync(username, address, cancellationToken);
        return await sessions.OpenAsync(account, device, cancellationToken);
    }

    private string Validate(RegisterRequest request)
    {
        var username = Username.Parse(request.Username);
        var age = Age.On(Age.Today(time), request.BirthDate);
        rules.Check(new Validation(), "password", request.Password)
            .Check(username is not null, "username", Username.Rule)
            .Check(age is >= 0 and <= Age.Maximum, "birthDate", "is not the birth date of anyone alive")
            .OptionalText("displayName", request.DisplayName, 1, Profile.MaxDisplayName)
            .Check(request.Country is null or [>= 'A' and <= 'Z', >= 'A' and <= 'Z'], "country", "must be two capital letters (ISO 3166-1)")
            .ThrowIfInvalid();
        if (age < Age.Minimum)
        {
            throw Problems.Of(
                StatusCodes.Status403Forbidden, "/problems/under-age", "Too young", $"An account is for people of {Age.Minimum} and older.");
        }

        return username!;
    }

    /// <summary>The reservation of the name for this user, or null when it is someone else's.</summary>
    private async Task<UsernameReservation?> ReserveAsync(string username, string userId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mine = new UsernameReservation { Id = username, Username = username, UserId = userId, ReservedAt = now };
        if (await usernames.TryCreateAsync(mine, cancellationToken) is { } created) return created;
        if (await usernames.FindAsync(username, cancellationToken) is not { } theirs) return await usernames.TryCreateAsync(mine, cancellationToken);
        if (theirs.Confirmed || now - theirs.ReservedAt < AbandonedAfter) return null;

        // Theirs died on the way. If it got as far as its account, it only lacks the confirmation; else the name is free.
        if (await accounts.FindAsync(theirs.UserId, cancellationToken) is null)
            return await usernames.TryReplaceAsync(mine with { ETag = theirs.ETag }, cancellationToken);
        await usernames.TryReplaceAsync(theirs with { Confirmed = true }, cancellationToken);
        return null;
    }

    private Account NewAccount(string userId, string username, RegisterRequest request)
    {
        var type = Age.AccountTypeOn(Age.Today(time), request.BirthDate);
        return new Account
        {
            Id = userId,
            UserId = userId,
            Username = username,
            DisplayName = request.DisplayName is { } name ? Texts.Clean(name) : username,
            PasswordHash = passwords.Hash(request.Password),
            BirthDate = request.BirthDate,
            Country = request.Country,
            Private = AccountRules.For(type).BeginsPrivate,
            CreatedAt = time.GetUtcNow(),
        };
    }

    /// <summary>Frees the name at once instead of after <see cref="AbandonedAfter"/>. Not the caller's to cancel, and no second error over the first.</summary>
    private async Task UndoAsync(UsernameReservation reservation)
    {
        using var timeout = new CancellationTokenSource(UndoTimeout);
        try
        {
            await accounts.DeleteAsync(reservation.UserId, timeout.Token);
            await usernames.ReleaseAsync(reservation, timeout.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning(e.WithoutData(), "A registration failed and its reservation is left to expire");
        }
    }

    private static ProblemException Taken() => Problems.Conflict("/problems/username-taken", "Username taken", "Somebody else has this username.");
}
