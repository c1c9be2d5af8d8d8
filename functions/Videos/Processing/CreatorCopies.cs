using TikTok.Core.Cosmos;
using TikTok.Core.Documents;

namespace TikTok.Functions.Videos.Processing;

/// <summary>
/// Brings to videos what they copy of their creator's account: name, verification, and whether it is private, which decides who may see them and where their
/// media lie.
/// </summary>
/// <remarks>
/// A copy bears the account's <see cref="Account.CopyVersion"/>, and an older one never replaces it, so that walks may cross, die and be repeated. A video that a
/// walk did not find in the creator's list yet entered it after the account had changed: whoever lists it (<see cref="RefreshAsync"/>) reads the account then.
/// </remarks>
public sealed class CreatorCopies(AccountStore accounts, VideoStore videos, UserVideoStore userVideos, VideoPipeline pipeline)
{
    private const int PageSize = 100;
    private const int ParallelVideos = 8;

    /// <summary>Walks all videos of an account that has changed since the last walk was whole. When it has changed again meanwhile, once more.</summary>
    public async Task SpreadAsync(string userId, CancellationToken cancellationToken)
    {
        while (await accounts.FindAsync(userId, cancellationToken) is { } account && account.CopiedVersion < account.CopyVersion)
        {
            await WalkAsync(account, cancellationToken);
            await accounts.ChangeAsync(
                userId, a => a with { CopiedVersion = Math.Max(a.CopiedVersion, account.CopyVersion) }, cancellationToken);
        }
    }

    /// <summary>Brings some videos, already listed, in line with their creators' accounts as these are now.</summary>
    public async Task RefreshAsync(IReadOnlyCollection<Video> listed, CancellationToken cancellationToken)
    {
        var creators = await accounts.FindManyAsync([.. listed.Select(v => v.UserId)], cancellationToken);
        foreach (var video in listed)
        {
            if (creators.TryGetValue(video.UserId, out var creator) && creator.CopyVersion > video.OwnerVersion)
                await CreditAsync(video, creator, cancellationToken);
        }
    }

    private async Task WalkAsync(Account account, CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            var rows = await userVideos.ListAsync(account.UserId, after, VideoAudience.Owner, PageSize, cancellationToken);
            var found = await videos.FindManyAsync([.. rows.Select(r => r.VideoId)], cancellationToken);

            // An earlier walk may have written the copy, and died before it asked for the move of the media.
            var due = found.Where(v => v.OwnerVersion < account.CopyVersion || VideoWorkload.Outstanding(v).Count > 0);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = ParallelVideos, CancellationToken = cancellationToken },
                async (video, token) => await CreditAsync(video, account, token));
            if (rows.Count < PageSize) return;
            after = rows[^1].SortKey;
        }
    }

    private Task CreditAsync(Video video, Account creator, CancellationToken cancellationToken) =>
        pipeline.ChangeAsync(video.VideoId, v => VideoTransitions.Credit(v, creator), cancellationToken);
}
