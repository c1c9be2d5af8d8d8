using System.Security.Cryptography;
using System.Text;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class AccessTokensTests
{
    private static readonly Caller Someone = new("01hf00000000000000000000aa", "ada", Role.Moderator, AccountType.Teen) { SessionId = "s" };
    private readonly FakeTime _time = new();
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TokenKeys _keys;
    private readonly AccessTokens _tokens;

    public AccessTokensTests()
    {
        _keys = new TokenKeys(Convert.ToBase64String(_ecdsa.ExportPkcs8PrivateKey()));
        _tokens = new AccessTokens(_keys, _time);
    }

    [Fact]
    public void Read_token_just_issued_gives_its_caller() => Assert.Equal(Someone, _tokens.Read(_tokens.Issue(Someone)));

    [Fact]
    public void Read_token_within_and_after_15_minutes()
    {
        var token = _tokens.Issue(Someone);
        _time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.NotNull(_tokens.Read(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_tokens.Read(token));
    }

    [Fact]
    public void Read_token_of_another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var theirs = new AccessTokens(new TokenKeys(other.ExportPkcs8PrivateKeyPem()), _time);
        Assert.Null(_tokens.Read(theirs.Issue(Someone)));
    }

    [Fact]
    public void Read_forged_token_with_another_key_under_our_key_id_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(_tokens.Read(JwsCompact.Sign(other, Encoding.UTF8.GetBytes(HeaderJson(_keys.Signing.KeyId)), Encoding.UTF8.GetBytes(ClaimsJson()))));
    }

    [Fact]
    public void Read_hand_made_token_of_the_right_shape_is_accepted() => Assert.Equal(Someone, ReadSigned(HeaderJson(_keys.Signing.KeyId), ClaimsJson()));

    [Theory]
    [InlineData("other kid")]
    [InlineData("")]
    public void Read_other_key_id_is_refused(string keyId) => Assert.Null(ReadSigned(HeaderJson(keyId), ClaimsJson()));

    [Fact]
    public void Read_other_type_is_refused() =>
        Assert.Null(ReadSigned($$"""{"alg":"ES256","kid":"{{_keys.Signing.KeyId}}","typ":"JWT"}""", ClaimsJson()));

    [Theory]
    [InlineData("\"iss\":\"tiktok\"", "\"iss\":\"someone\"")]
    [InlineData("\"aud\":\"tiktok-api\"", "\"aud\":\"other-api\"")]
    [InlineData("\"aud\":\"tiktok-api\"", "\"aud\":[\"tiktok-api\"]")]
    [InlineData("\"role\":\"moderator\"", "\"role\":\"emperor\"")]
    [InlineData("\"role\":\"moderator\"", "\"role\":4")]
    [InlineData("\"role\":\"moderator\"", "\"role\":\"user\",\"role\":\"admin\"")]
    [InlineData("\"role\":\"moderator\"", "\"role\":\"moderator\",\"more\":1")]
    [InlineData("\"sub\":\"01hf00000000000000000000aa\",", "")]
    [InlineData("\"sub\":\"01hf00000000000000000000aa\"", "\"sub\":null")]
    public void Read_other_claims_are_refused(string from, string to)
    {
        Assert.Contains(from, ClaimsJson());
        Assert.Null(ReadSigned(HeaderJson(_keys.Signing.KeyId), ClaimsJson().Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_token_from_the_future_is_refused_beyond_the_skew_of_clocks()
    {
        Assert.NotNull(ReadSigned(HeaderJson(_keys.Signing.KeyId), ClaimsJson(issuedIn: 30)));
        Assert.Null(ReadSigned(HeaderJson(_keys.Signing.KeyId), ClaimsJson(issuedIn: 31)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("not a key")]
    [InlineData("bm90IGEga2V5")]
    public void TokenKeys_setting_that_is_no_key_is_named_and_not_quoted(string setting)
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => new TokenKeys(setting));
        Assert.Contains("Jwt__SigningKey", thrown.Message);
        if (setting.Length > 0) Assert.DoesNotContain(setting, thrown.ToString());
    }

    [Fact]
    public void TokenKeys_on_another_curve_is_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<InvalidOperationException>(() => new TokenKeys(p384.ExportPkcs8PrivateKeyPem()));
    }

    [Fact]
    public async Task Issue_and_Read_from_many_threads_at_once()
    {
        var callers = Enumerable.Range(0, 64).Select(i => Someone with { Username = $"user{i}" }).ToList();
        var read = await Task.WhenAll(callers.Select(c => Task.Run(() => _tokens.Read(_tokens.Issue(c)))));
        Assert.Equal(callers, read);
    }

    private Caller? ReadSigned(string header, string claims) =>
        _tokens.Read(JwsCompact.Sign(_ecdsa, Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims)));

    private static string HeaderJson(string keyId) => $$"""{"alg":"ES256","kid":"{{keyId}}","typ":"at+jwt"}""";

    private string ClaimsJson(int issuedIn = 0)
    {
        var issued = _time.GetUtcNow().ToUnixTimeSeconds() + issuedIn;
        return $$"""{"iss":"tiktok","aud":"tiktok-api","sub":"01hf00000000000000000000aa","iat":{{issued}},"exp":{{issued + 900}},"jti":"{{Id.New(_time)}}","sid":"s","username":"ada","role":"moderator","accountType":"teen"}""";
    }
}
