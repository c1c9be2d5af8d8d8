using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Accounts;

public sealed class ProfileTests
{
    private static readonly Account Ada = new()
    {
        Id = "u",
        UserId = "u",
        Username = "ada",
        DisplayName = "Ada",
        PasswordHash = "secret",
        BirthDate = new DateOnly(1990, 1, 1),
        CreatedAt = default,
        Bio = "old",
        Interests = ["maths"],
    };

    [Fact]
    public void Apply_absent_members_stay() => Assert.Equal(Ada, new ProfileChange().Apply(Ada));

    [Fact]
    public void Apply_given_members_are_cleaned_and_set()
    {
        var changed = new ProfileChange(" Ade\u0301le ", "", true).Apply(Ada);
        Assert.Equal(("Ad\u00E9le", "", true), (changed.DisplayName, changed.Bio, changed.Private));
    }

    [Fact]
    public void ThrowIfInvalid_names_the_field() =>
        Assert.Equal(
            ["bio", "displayName"],
            Assert.Throws<ProblemException>(() => new ProfileChange(" ", new string('x', 161)).ThrowIfInvalid()).Problem.Errors!.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Apply_same_interests_change_nothing() => Assert.Same(Ada, new InterestsRequest(["maths", "maths"]).Apply(Ada));

    [Theory]
    [InlineData("Cooking")]
    [InlineData("")]
    [InlineData("street food")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456")]
    public void Interests_else_than_slugs_are_refused(string topic) =>
        Assert.Equal("interests[1]", Assert.Single(Assert.Throws<ProblemException>(() => new InterestsRequest(["ok", topic]).ThrowIfInvalid()).Problem.Errors!).Key);

    [Theory]
    [InlineData(Role.User, false)]
    [InlineData(Role.Creator, false)]
    [InlineData(Role.Verified, true)]
    [InlineData(Role.Admin, true)]
    public void Profile_verified_follows_the_role(Role role, bool verified) => Assert.Equal(verified, Profile.Of(Ada with { Role = role }, new FollowCounts(0, 0), Relation.None).Verified);
}
