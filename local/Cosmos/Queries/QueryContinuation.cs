using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Where a query goes on. By document: after the document with a number, of which some results may be sent already (a JOIN makes
/// several). By cursor: after so many of the kept results, which began where <paramref name="ResumeFilter"/> says; a client that takes a
/// query up again sends a resume filter of its own with the token, but for the position this one counts.
/// </summary>
internal readonly record struct QueryContinuation(string? Cursor, long Position, int Sent, JsonElement? ResumeFilter = null)
{
    private const string ByDocument = "doc";
    private const string ByCursor = "cur";

    public static QueryContinuation Start => default;

    /// <exception cref="CosmosFailure">400 when it is none of ours.</exception>
    public static QueryContinuation Parse(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return Start;

        var parts = token.Split(':');
        if (parts is [ByDocument, var number, var sent]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var document)
            && int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return new QueryContinuation(null, document, count);
        if (parts is [ByCursor, { Length: 32 } cursor, var offset, var filter]
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && TryDecode(filter, out var resume))
            return new QueryContinuation(cursor, position, 0, resume);
        throw CosmosFailure.BadRequest("The continuation token is malformed.");
    }

    public override string ToString() => Cursor is null
        ? string.Create(CultureInfo.InvariantCulture, $"{ByDocument}:{Position}:{Sent}")
        : string.Create(CultureInfo.InvariantCulture, $"{ByCursor}:{Cursor}:{Position}:{Encode(ResumeFilter)}");

    private static string Encode(JsonElement? filter) =>
        filter is { } value ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value.GetRawText())) : "";

    private static bool TryDecode(string text, out JsonElement? filter)
    {
        filter = null;
        if (text.Length == 0)
            return true;
        try
        {
            filter = JsonElement.Parse(Base64Url.DecodeFromChars(text));
            return true;
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            return false;
        }
    }
}
