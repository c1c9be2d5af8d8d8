using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">What to ask the next page with; absent at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>
/// Opaque positions in lists: a value in JSON, signed (HMAC-SHA256) together with the name of the list, so that a client can neither
/// make one up nor carry one over to another list.
/// </summary>
public sealed class Cursor(PlatformSecret secret)
{
    private const int MaxLength = 4096;
    private const int TagBytes = 16;
    private readonly byte[] _key = secret.KeyFor("cursor");

    /// <param name="list">Names the list: <c>userVideos:{userId}</c>. The cursor is good for this list alone.</param>
    /// <param name="position">Where the next page begins.</param>
    public string Encode<T>(string list, T position)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(position, CoreJson.Options);
        return Base64Url.EncodeToString([.. Tag(list, json), .. json]);
    }

    /// <exception cref="ProblemException">400: not a cursor that this service made for this list.</exception>
    public T Decode<T>(string list, string cursor)
    {
        if (cursor.Length <= MaxLength && Base64Url.IsValid(cursor))
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            if (bytes.Length > TagBytes && Base64Url.EncodeToString(bytes) == cursor && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, TagBytes), Tag(list, bytes.AsSpan(TagBytes))))
                return JsonSerializer.Deserialize<T>(bytes.AsSpan(TagBytes), CoreJson.Options)!;
        }

        throw Problems.Invalid("cursor", "is not a cursor of this list");
    }

    private byte[] Tag(string list, ReadOnlySpan<byte> json) =>
        HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes(list), 0, .. json])[..TagBytes];
}

public static class PagingRequestExtensions
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>How many items the caller wants: 1 to 100, 20 unless told.</summary>
    /// <param name="name">The query parameter.</param>
    /// <exception cref="ProblemException">400: not such a number.</exception>
    public static int ReadLimit(this HttpRequest request, string name = "limit")
    {
        var values = request.Query[name];
        if (values.Count == 0) return DefaultLimit;
        return values is [{ } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw Problems.Invalid(name, $"must be a whole number from 1 to {MaxLimit}");
    }

    /// <summary>The position that the request's <c>cursor</c> stands for, or null on the first page.</summary>
    /// <exception cref="ProblemException">400: not a cursor of this list.</exception>
    public static T? ReadCursor<T>(this HttpRequest request, Cursor cursor, string list)
        where T : class
    {
        var values = request.Query["cursor"];
        return values.Count == 0 ? null : cursor.Decode<T>(list, values is [{ } text] ? text : "");
    }
}
