namespace TikTok.Local.ApiDocs;

/// <summary>What no schema says: how the calls go together, and what is the same in all of them.</summary>
internal static class ApiGuide
{
    /// <summary>What holds for every call.</summary>
    public const string Text =
        """
        # The HTTP API

        Base `/api/v1`. JSON in UTF-8, camelCase; times in RFC 3339, UTC; durations in milliseconds; ids are 26 characters whose order is that of creation.
        `GET openapi.json` (OpenAPI 3.1) is the same as these pages, for programs. In the examples `$API` is the address with the base, as
        `http://127.0.0.1:7071/api/v1`, and `$TOKEN` an access token.

        ## First calls

        ```sh
        curl -X POST $API/auth/register -H 'Content-Type: application/json' \
          -d '{"username":"noodle.cook","password":"a tall glass of broth","birthDate":"1998-04-30"}'   # accessToken, refreshToken
        curl "$API/feed?count=5" -H "Authorization: Bearer $TOKEN"                                      # what to watch
        curl -X POST $API/videos/upload/init -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
          -d '{"filename":"noodles.mp4","filesize":10485760,"durationMs":21000}'                        # videoId, uploadUrl, blockSize
        ```

        The file itself goes to `uploadUrl` and not through this API: *Put Block* for each `blockSize` bytes, in any order and at once, then *Put Block List*
        (the REST API of Azure Blob Storage). What was interrupted is continued from `GET /videos/{id}/upload`, which has the blocks that
        have arrived and a fresh URL. `POST /videos/{id}/upload/complete` says title and visibility, and `GET /videos/{id}/status` when it plays.

        ## Who calls

        `Authorization: Bearer <access token>`, except where a call is *open*. An access token lives for 15 minutes. `POST /auth/refresh` gives a new one and a
        new refresh token, each of which is good once: keep the newer one, and send one refresh at a time. A refresh token that is used twice ends its session,
        for one of its two holders is not its owner. After 401 refresh; when that is refused too, sign in again. [roles.md](roles.md) says which role each call is for.

        ## Errors

        RFC 9457 problem documents, `application/problem+json`. Decide by `type`, show `errors`, report `traceId`:

        ```json
        {
          "type": "/problems/invalid",
          "title": "Invalid request",
          "status": 400,
          "detail": "See errors for what is wrong with which field.",
          "errors": { "title": ["must be 1 to 150 characters long"] },
          "traceId": "0a5def070de567b3ad4e19b8ded73e58"
        }
        ```

        What the caller may not see is not there: 404, whether it is hidden, deleted or never was. Requests that are no HTTP (400), whose address (414) or
        headers (431) are too long, the web server refuses without a document. 503 and 429 say in `Retry-After` when to come again; other 4xx will be the same again.

        ## Bodies

        `Content-Type: application/json`, not compressed, at most 64 KiB, all of it within 10 seconds. They are read strictly: a member that is unknown, given
        twice, missing or of another type is refused by its name, and so is text with control characters or with marks that turn its direction.
        Text is counted in characters as a reader sees them, and comes back in Unicode's Normalization Form C without white space around it.

        ## Lists

        `limit` (`count` in feeds) from 1 to 100, 20 unless given, and `cursor`. The answer has `items` and `nextCursor`, which is absent at the end; `items` may
        be fewer than asked for before that. A cursor is good for its own list only, and is not to be made, changed or understood.

        ## Repetition

        Where a call takes `Idempotency-Key` (1 to 255 visible ASCII characters, chosen by the client, one for each thing that is to be done), the same key with
        the same body gets the first answer again for a day, marked `Idempotency-Replayed: true`, and nothing is done twice. With another body it is 422, while the
        first still runs 409. `PUT`, `PATCH` and `DELETE` can be repeated as they are;
        where what was to be deleted is gone already, the second answer may be 404.

        """;
}
