using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Platform;

public sealed class PagingTests
{
    public sealed record Position(string After, int Page);

    private readonly Cursor _cursor = new(new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

    [Fact]
    public void Decode_any_position_comes_back() =>
        Prop.ForAll<NonNull<string>, int>((after, page) =>
        {
            var position = new Position(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(after.Get)), page);
            return _cursor.Decode<Position>("list", _cursor.Encode("list", position)) == position;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_changed_anywhere_is_refused()
    {
        var cursor = _cursor.Encode("list", new Position("x", 1));
        for (var i = 0; i < cursor.Length - 1; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            var thrown = Assert.Throws<ProblemException>(() => _cursor.Decode<Position>("list", changed));
            Assert.Equal(400, thrown.Problem.Status);
            Assert.Equal("cursor", Assert.Single(thrown.Problem.Errors!).Key);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("not base64url!")]
    public void Decode_made_up_is_refused(string cursor) => Assert.Throws<ProblemException>(() => _cursor.Decode<Position>("list", cursor));

    [Fact]
    public void Decode_of_another_list_or_secret_is_refused()
    {
        var cursor = _cursor.Encode("list", new Position("x", 1));
        Assert.Throws<ProblemException>(() => _cursor.Decode<Position>("other", cursor));
        var elsewhere = new Cursor(new PlatformSecret(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        Assert.Throws<ProblemException>(() => elsewhere.Decode<Position>("list", cursor));
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=100", 100)]
    public void ReadLimit_within_bounds(string query, int limit) => Assert.Equal(limit, Request(query).ReadLimit());

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=+1")]
    [InlineData("?limit= 1")]
    [InlineData("?limit=1.0")]
    [InlineData("?limit=")]
    [InlineData("?limit=1&limit=2")]
    public void ReadLimit_else_is_refused(string query) => Assert.Throws<ProblemException>(() => Request(query).ReadLimit());

    [Fact]
    public void ReadCursor_first_page_has_none() => Assert.Null(Request("").ReadCursor<Position>(_cursor, "list"));

    [Theory]
    [InlineData(null)]
    [InlineData("AAAA")]
    [InlineData("not base64")]
    public void PlatformSecret_too_little_is_refused(string? setting) => Assert.Throws<InvalidOperationException>(() => new PlatformSecret(setting));

    private static HttpRequest Request(string query) => new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request;
}
