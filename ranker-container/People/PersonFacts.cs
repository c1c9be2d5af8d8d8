using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.Ranker.People;

/// <summary>What is known of a person besides what they did: their account, and their relations to others. Never changed, only replaced.</summary>
public sealed record PersonFacts
{
    /// <summary>Older than this, they are as good as unknown where a newer answer can be had, and marked where it cannot.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private IReadOnlySet<long>? _avoided;

    /// <summary>See <see cref="CountryCode"/>.</summary>
    public ushort Country { get; init; }

    public required DateOnly BirthDate { get; init; }

    /// <summary>Hashtags.</summary>
    public IReadOnlyList<long> Interests { get; init; } = [];

    /// <summary>Creators, as are the others.</summary>
    public required IReadOnlySet<long> Followed { get; init; }

    /// <summary>Those whom the person blocks or mutes.</summary>
    public required IReadOnlySet<long> Rejected
    {
        get;
        init => (field, _avoided) = (value, null);
    }

    /// <summary>Those who block the person.</summary>
    public required IReadOnlySet<long> RejectedBy
    {
        get;
        init => (field, _avoided) = (value, null);
    }

    /// <summary>Both of these.</summary>
    public IReadOnlySet<long> Avoided => _avoided ??= RejectedBy.Count == 0 ? Rejected : Rejected.Concat(RejectedBy).ToHashSet();

    /// <summary>When all of it was read, in Unix seconds.</summary>
    public required uint ReadAt { get; init; }

    /// <summary>When <see cref="Rejected"/> was read, and the account found to be there still.</summary>
    public required uint CheckedAt { get; init; }

    /// <summary>Of somebody who has no account, or none yet that can be seen: nothing, and to be read again soon.</summary>
    public static PersonFacts Unknown(uint now) => new()
    {
        BirthDate = DateOnly.MaxValue,
        Followed = new HashSet<long>(),
        Rejected = new HashSet<long>(),
        RejectedBy = new HashSet<long>(),
        ReadAt = 0,
        CheckedAt = now,
    };

    public bool IsStale(uint now) => now > ReadAt + TimeToLive.TotalSeconds;

    /// <param name="now">Unix seconds.</param>
    public bool IsTeen(uint now) => Age.AccountTypeOn(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(now).UtcDateTime), BirthDate) == AccountType.Teen;
}
