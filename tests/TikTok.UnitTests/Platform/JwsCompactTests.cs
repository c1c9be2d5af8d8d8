using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

/// <summary>The vectors are those of RFC 7515, appendix A.</summary>
public sealed class JwsCompactTests
{
    private const string Header = "eyJhbGciOiJFUzI1NiJ9";
    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    private const string Signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    private const string A3 = $"{Header}.{Payload}.{Signature}";

    // A.1: the same payload with HS256. A.5: unsecured.
    private const string A1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + Payload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string A5 = "eyJhbGciOiJub25lIn0." + Payload + ".";

    private static ECDsa Key() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        },
        D = Base64Url.DecodeFromChars("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"),
    });

    [Fact]
    public void TryVerify_example_A3_gives_its_payload()
    {
        using var key = Key();
        Assert.True(JwsCompact.TryVerify(A3, key, keyId: null, type: null, out var payload));
        Assert.Equal("{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}", Encoding.UTF8.GetString(payload));
    }

    [Theory]
    [InlineData(A1)]
    [InlineData(A5)]
    [InlineData($"{Header}.{Payload}")]
    [InlineData($"{Header}.{Payload}.")]
    [InlineData($"{Header}.{Payload}.{Signature}.")]
    [InlineData($"{Header}.{Payload}.{Signature}=")]
    [InlineData($"{Header}.{Payload}.{Signature} ")]
    [InlineData($" {Header}.{Payload}.{Signature}")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    public void TryVerify_anything_but_a_signed_ES256_token_is_refused(string token)
    {
        using var key = Key();
        Assert.False(JwsCompact.TryVerify(token, key, keyId: null, type: null, out var payload));
        Assert.Empty(payload);
    }

    [Fact]
    public void TryVerify_second_spelling_of_the_signature_is_refused()
    {
        // 64 bytes leave four stray bits in the last character: U, V, W and X (and more) decode to the same bytes.
        using var key = Key();
        Assert.EndsWith("U1Q", Signature);
        Assert.False(JwsCompact.TryVerify(A3[..^1] + "R", key, keyId: null, type: null, out _));
    }

    [Fact]
    public void TryVerify_any_changed_character_is_refused()
    {
        using var key = Key();
        for (var i = 0; i < A3.Length; i++)
        {
            var changed = A3[i] == 'A' ? 'B' : 'A';
            Assert.False(JwsCompact.TryVerify(A3[..i] + changed + A3[(i + 1)..], key, keyId: null, type: null, out _), $"character {i}");
        }
    }

    [Fact]
    public void TryVerify_DER_signature_is_refused()
    {
        using var key = Key();
        var der = key.SignData(Encoding.ASCII.GetBytes($"{Header}.{Payload}"), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.False(JwsCompact.TryVerify($"{Header}.{Payload}.{Base64Url.EncodeToString(der)}", key, keyId: null, type: null, out _));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"es256"}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","kid":"mine"}""")]
    [InlineData("""{"alg":"ES256","typ":"JWT"}""")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""")]
    [InlineData("""{"alg":"ES256","jku":"https://example.com"}""")]
    [InlineData("""{"alg":"ES256","x":"\ud800"}""")]
    [InlineData("""{}""")]
    [InlineData("""["ES256"]""")]
    [InlineData("""ES256""")]
    public void TryVerify_other_header_is_refused_though_the_signature_is_good(string header)
    {
        using var key = Key();
        var token = JwsCompact.Sign(key, Encoding.UTF8.GetBytes(header), "{}"u8);
        Assert.False(JwsCompact.TryVerify(token, key, keyId: null, type: null, out _));
    }

    [Fact]
    public void TryVerify_token_longer_than_the_limit_is_refused()
    {
        using var key = Key();
        var token = JwsCompact.Sign(key, """{"alg":"ES256"}"""u8, new byte[JwsCompact.MaxLength]);
        Assert.False(JwsCompact.TryVerify(token, key, keyId: null, type: null, out _));
    }
}
