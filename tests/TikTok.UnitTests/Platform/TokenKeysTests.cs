using System.Security.Cryptography;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

/// <summary>Replacing the key that signs: at every step, an instance that has taken it takes the tokens of one that has not, and the other way round.</summary>
public sealed class TokenKeysTests : IDisposable
{
    private static readonly Caller Someone = new("01hf00000000000000000000aa", "ada", Role.User, AccountType.Standard) { SessionId = "s" };
    private readonly FakeTime _time = new();
    private readonly ECDsa _old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void Rotation_refuses_no_token_between_neighbouring_steps()
    {
        AccessTokens[] steps =
        [
            Instance(_old),
            Instance(_old, _next),
            Instance(_next, _old),
            Instance(_next),
        ];

        foreach (var (before, after) in steps.Zip(steps.Skip(1)))
        {
            Assert.Equal(Someone, after.Read(before.Issue(Someone)));
            Assert.Equal(Someone, before.Read(after.Issue(Someone)));
        }
    }

    [Fact]
    public void Key_that_is_no_longer_listed_is_refused() => Assert.Null(Instance(_next).Read(Instance(_old).Issue(Someone)));

    [Fact]
    public void Token_of_a_retired_key_still_ends_after_15_minutes()
    {
        var token = Instance(_old).Issue(Someone);
        _time.Advance(AccessTokens.Lifetime);
        Assert.Null(Instance(_next, _old).Read(token));
    }

    [Fact]
    public void Token_says_which_key_signed_it_and_another_listed_key_does_not_verify_it()
    {
        var token = Instance(_next).Issue(Someone).Split('.');
        var underTheOldId = $"{Instance(_old).Issue(Someone).Split('.')[0]}.{token[1]}.{token[2]}";
        Assert.Null(Instance(_next, _old).Read(underTheOldId));
    }

    [Fact]
    public void Keys_are_read_in_PEM_and_in_base64_and_have_the_same_id()
    {
        var base64 = new TokenKeys(Convert.ToBase64String(_old.ExportPkcs8PrivateKey()), Convert.ToBase64String(_next.ExportSubjectPublicKeyInfo()));
        var pem = new TokenKeys(_old.ExportPkcs8PrivateKeyPem(), $"{_next.ExportSubjectPublicKeyInfoPem()},\n");
        Assert.Equal(base64.Verifying.Select(k => k.KeyId), pem.Verifying.Select(k => k.KeyId));
        Assert.Equal(base64.Signing.KeyId, base64.Verifying[0].KeyId);
    }

    [Fact]
    public void Private_key_among_the_verifying_ones_is_refused_and_not_quoted()
    {
        var secret = Convert.ToBase64String(_next.ExportPkcs8PrivateKey());
        foreach (var setting in (string[])[secret, _next.ExportPkcs8PrivateKeyPem()])
        {
            var thrown = Assert.Throws<InvalidOperationException>(() => new TokenKeys(_old.ExportPkcs8PrivateKeyPem(), setting));
            Assert.Contains("Jwt__VerifyingKeys", thrown.Message);
            Assert.DoesNotContain(secret[..20], thrown.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Verifying_key_on_another_curve_is_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<InvalidOperationException>(() => new TokenKeys(_old.ExportPkcs8PrivateKeyPem(), p384.ExportSubjectPublicKeyInfoPem()));
    }

    public void Dispose()
    {
        _old.Dispose();
        _next.Dispose();
    }

    private AccessTokens Instance(ECDsa signing, ECDsa? verifying = null) =>
        new(new TokenKeys(signing.ExportPkcs8PrivateKeyPem(), verifying?.ExportSubjectPublicKeyInfoPem()), _time);
}
