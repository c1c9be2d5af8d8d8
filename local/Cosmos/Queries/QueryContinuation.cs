using System.Globalization;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>
/// Where a query goes on. By document: after the document with a number, of which some results may be sent already (a JOIN makes
/// several). By cursor: after so many of the kept results.
/// </summary>
internal readonly record struct QueryContinuation(string? Cursor, long Position, int Sent)
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
        if (parts is [ByCursor, { Length: 32 } cursor, var offset]
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            return new QueryContinuation(cursor, position, 0);
        throw CosmosFailure.BadRequest("The continuation token is malformed.");
    }

    public override string ToString() => Cursor is null
        ? string.Create(CultureInfo.InvariantCulture, $"{ByDocument}:{Position}:{Sent}")
        : string.Create(CultureInfo.InvariantCulture, $"{ByCursor}:{Cursor}:{Position}");
}
