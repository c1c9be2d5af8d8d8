using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.Functions.Accounts;

/// <summary>What everyone may see of an account.</summary>
/// <param name="Private">Whether its videos are for followers only.</param>
/// <param name="Following">Whether the caller follows it.</param>
/// <param name="Requested">Whether the caller has asked to follow it.</param>
/// <param name="FollowedBy">Whether it follows the caller.</param>
/// <param name="Blocking">Whether the caller blocks it.</param>
/// <param name="Muting">Whether the caller mutes it.</param>
public sealed record Profile(
    string Id, string Username, string DisplayName, string Bio, bool Verified, bool Private, long FollowersCount, long FollowingCount,
    bool Following, bool Requested, bool FollowedBy, bool Blocking, bool Muting)
{
    public const int MaxDisplayName = 50;
    public const int MaxBio = 160;

    public static Profile Of(Account account, FollowCounts counts, Relation relation) => new(
        account.UserId, account.Username, account.DisplayName, account.Bio, account.IsVerified, account.Private, counts.Followers, counts.Following,
        relation.Following, relation.Requested, relation.FollowedBy, relation.Blocking, relation.Muting);
}

/// <param name="Followers">How many follow the account.</param>
/// <param name="Following">How many it follows.</param>
public sealed record FollowCounts(long Followers, long Following);

/// <summary>What its owner sees of an account.</summary>
/// <param name="AccountType"><c>teen</c> below 18.</param>
/// <param name="Interests">As they were chosen at onboarding.</param>
public sealed record OwnProfile(
    string Id, string Username, string DisplayName, string Bio, bool Verified, bool Private, AccountType AccountType, Role Role, DateOnly BirthDate,
    string? Country, IReadOnlyList<string> Interests, DateTimeOffset CreatedAt, long FollowersCount, long FollowingCount)
{
    public static OwnProfile Of(Account account, FollowCounts counts, DateOnly today) => new(
        account.UserId, account.Username, account.DisplayName, account.Bio, account.IsVerified, account.Private,
        account.TypeOn(today), account.Role, account.BirthDate, account.Country, account.Interests, account.CreatedAt, counts.Followers, counts.Following);
}

/// <summary>Changes of a profile: what is absent stays.</summary>
/// <param name="DisplayName">1 to 50 characters, on one line.</param>
/// <param name="Bio">At most 160 characters.</param>
/// <param name="Private">Whether its videos are for followers only, and who wants to follow has to ask.</param>
public sealed record ProfileChange(string? DisplayName = null, string? Bio = null, bool? Private = null)
{
    /// <exception cref="ProblemException">400: a member is not what it may be.</exception>
    public void ThrowIfInvalid() => new Validation()
        .OptionalText("displayName", DisplayName, 1, Profile.MaxDisplayName)
        .OptionalText("bio", Bio, 0, Profile.MaxBio, lines: true)
        .ThrowIfInvalid();

    public Account Apply(Account account) => account with
    {
        DisplayName = DisplayName is null ? account.DisplayName : Texts.Clean(DisplayName),
        Bio = Bio is null ? account.Bio : Texts.Clean(Bio),
        Private = Private ?? account.Private,
    };
}

/// <param name="Interests">1 to 30 topics in lower case: <c>cooking</c>, <c>street-food</c>.</param>
public sealed record InterestsRequest(IReadOnlyList<string> Interests)
{
    private const int MaxCount = 30;
    private const int MaxLength = 32;

    /// <exception cref="ProblemException">400: not such a list.</exception>
    public void ThrowIfInvalid()
    {
        var validation = new Validation().Count("interests", Interests, 1, MaxCount);
        for (var i = 0; i < Math.Min(Interests.Count, MaxCount); i++)
        {
            validation.Check(
                Interests[i] is { Length: >= 1 and <= MaxLength } topic && topic.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'),
                $"interests[{i}]", $"must be 1 to {MaxLength} characters of a-z, 0-9 and '-'");
        }

        validation.ThrowIfInvalid();
    }

    public Account Apply(Account account)
    {
        IReadOnlyList<string> interests = [.. Interests.Distinct(StringComparer.Ordinal)];
        return account.Interests.SequenceEqual(interests, StringComparer.Ordinal) ? account : account with { Interests = interests };
    }
}
