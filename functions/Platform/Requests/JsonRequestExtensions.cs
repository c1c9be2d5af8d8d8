using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>Strict reading of JSON bodies (RFC 8259): what is not exactly of the asked shape is refused, by the name of the field.</summary>
public static class JsonRequestExtensions
{
    private const int MaxDepth = 32;

    internal static readonly JsonSerializerOptions Options = CreateOptions();

    /// <summary>
    /// The request's body as a <typeparamref name="T"/>. Member names are compared exactly; unknown, duplicate and missing members, values of another type and
    /// anything after the document are errors. A member is optional when its type is nullable and it has a default.
    /// </summary>
    /// <param name="maxBytes">Longer bodies are refused.</param>
    /// <exception cref="ProblemException">400 with the fields at fault, 413 or 415.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpRequest request, CancellationToken cancellationToken, int maxBytes = RequestBody.MaxBytes)
        where T : class
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw Problems.UnsupportedMediaType("The body must be application/json.");
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw Problems.UnsupportedMediaType("The body must be in UTF-8.");
        if (request.Headers.ContentEncoding.Count > 0) throw Problems.UnsupportedMediaType("The body must not be compressed.");

        return Parse<T>(await RequestBody.ReadAsync(request, maxBytes, cancellationToken));
    }

    internal static T Parse<T>(ReadOnlyMemory<byte> json)
        where T : class
    {
        JsonShape.RefuseDuplicates(json.Span, MaxDepth);
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw Problems.Malformed("The body must be a JSON object.");

        JsonShape.RefuseMismatch(document.RootElement, Options.GetTypeInfo(typeof(T)));
        return document.RootElement.Deserialize<T>(Options)!;
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(CoreJson.Options)
        {
            PropertyNameCaseInsensitive = false,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = MaxDepth,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
