using TikTok.Core.Cosmos;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>Names that a registration reserved and never confirmed: where it got as far as its account the name is the account's, else it is free.</summary>
public sealed class UnconfirmedUsernames(UsernameStore usernames, AccountStore accounts, TimeProvider time) : ISweep
{
    /// <summary>Well after <see cref="Registration.AbandonedAfter"/>, from when on the next registration of the name may take it.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromMinutes(10);

    private const int MostAtOnce = 200;

    public string Name => "unconfirmedUsernames";

    public async Task<SweepOutcome> RunAsync(string? position, CancellationToken cancellationToken)
    {
        var left = await usernames.FindUnconfirmedAsync(time.GetUtcNow() - OldAfter, MostAtOnce, cancellationToken);
        foreach (var reservation in left)
        {
            if (await accounts.FindAsync(reservation.UserId, cancellationToken) is null)
                await usernames.ReleaseAsync(reservation, cancellationToken);
            else
                await usernames.TryReplaceAsync(reservation with { Confirmed = true }, cancellationToken);
        }

        return new SweepOutcome(left.Count, left.Count);
    }
}
