using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Accounts;

namespace TikTok.UnitTests.Accounts;

public sealed class CredentialTests
{
    private readonly Passwords _passwords = new(Hasher(Passwords.Iterations));

    [Theory]
    [InlineData("ada", "ada")]
    [InlineData("Ada.Lovelace_1815", "ada.lovelace_1815")]
    [InlineData("ab", null)]
    [InlineData("abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx")]
    [InlineData("abcdefghijklmnopqrstuvwxy", null)]
    [InlineData("with space", null)]
    [InlineData("dash-ed", null)]
    [InlineData("аdа", null)]
    [InlineData("ada\0", null)]
    [InlineData("İada", null)]
    public void Username_parse(string text, string? name) => Assert.Equal(name, Username.Parse(text));

    [Fact]
    public void Username_that_parses_is_of_its_alphabet() =>
        Prop.ForAll<NonNull<string>>(text => Username.Parse(text.Get) is not { } name
            || (name.Length is >= 3 and <= 24 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_'))).QuickCheckThrowOnFailure();

    [Fact]
    public void Verify_right_and_wrong_password()
    {
        var hash = _passwords.Hash("correct horse");
        Assert.Equal(PasswordVerificationResult.Success, _passwords.Verify(hash, "correct horse"));
        Assert.Equal(PasswordVerificationResult.Failed, _passwords.Verify(hash, "correct horsf"));
    }

    [Fact]
    public void Verify_password_typed_with_decomposed_accents_is_the_same() =>
        Assert.Equal(PasswordVerificationResult.Success, _passwords.Verify(_passwords.Hash("caf\u00E9caf\u00E9"), "cafe\u0301cafe\u0301"));

    [Fact]
    public void Verify_hash_of_fewer_iterations_asks_for_a_new_one() =>
        Assert.Equal(
            PasswordVerificationResult.SuccessRehashNeeded,
            _passwords.Verify(new Passwords(Hasher(1000)).Hash("correct horse"), "correct horse"));

    [Fact]
    public void Verify_without_an_account_fails() => Assert.Equal(PasswordVerificationResult.Failed, _passwords.Verify(hash: null, "anything at all"));

    [Fact]
    public void RefreshToken_text_parses_back_and_knows_its_hash()
    {
        var time = new FakeTime();
        var token = RefreshToken.New(Id.New(time), Id.New(time));
        Assert.Equal(token, RefreshToken.Parse(token.Text()));
        Assert.True(token.HasHash(token.Hash()));
        Assert.False(RefreshToken.New(token.UserId, token.SessionId).HasHash(token.Hash()));
        Assert.DoesNotContain(token.Secret, token.ToString());
    }

    [Fact]
    public void RefreshToken_any_other_text_is_none() =>
        Prop.ForAll<NonNull<string>>(text => RefreshToken.Parse(text.Get) is null).QuickCheckThrowOnFailure();

    private static PasswordHasher<Account> Hasher(int iterations) => new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
}
