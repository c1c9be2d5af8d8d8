using System.Security.Cryptography;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class IdempotencySealTests
{
    private readonly IdempotencySeal _seal = new(new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
    private readonly RecordedAnswer _answer = new(201, "application/json", "/users/1", [1, 2, 3]);

    [Fact]
    public void Open_what_was_sealed_for_the_same_request()
    {
        var opened = _seal.Open(_seal.Seal(_answer, "key"), "key");
        Assert.Equal((201, "application/json", "/users/1"), (opened.Status, opened.ContentType, opened.Location));
        Assert.Equal(_answer.Body, opened.Body);
    }

    [Fact]
    public void Open_for_another_request_or_changed_is_refused()
    {
        var box = _seal.Seal(_answer, "key");
        Assert.ThrowsAny<CryptographicException>(() => _seal.Open(box, "other"));
        box[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => _seal.Open(box, "key"));
    }

    [Fact]
    public void Hash_depends_on_the_secret()
    {
        var elsewhere = new IdempotencySeal(new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        Assert.Equal(_seal.Hash("a", "b"), _seal.Hash("a", "b"));
        Assert.NotEqual(_seal.Hash("a", "b"), elsewhere.Hash("a", "b"));
    }
}
