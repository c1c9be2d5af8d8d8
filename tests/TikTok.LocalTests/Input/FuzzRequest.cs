using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TikTok.LocalTests.Input;

/// <summary>A generated request, in the form in which it can be sent again and printed.</summary>
internal sealed record FuzzRequest(ApiOperation Operation, string Path, string? Token, string? Key, string? Body, string ContentType)
{
    private static readonly IReadOnlyList<string> ContentTypes = ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""];

    public static FuzzRequest Make(ApiOperation operation, InputScene scene, int seed)
    {
        var random = new Random(seed);
        var bodies = new BodyGenerator(scene, random);

        // Most requests are wrong in one place only: two faults would hide each other.
        var wrong = random.Next(5);
        var path = operation.Fill(name => Uri.EscapeDataString(wrong == 1 ? HostileId(bodies, scene, random) : scene.OwnIdFor(operation, name)));
        var query = operation.QueryParameters.Where(_ => random.Next(3) > 0)
            .Select(q => (q.Name, Value: wrong == 2 ? bodies.Pick(BodyGenerator.HostileTexts) : $"{bodies.Valid(q.Schema, q.Name)}"))
            .Where(q => wrong == 2 || q.Name is not "cursor").ToList();
        if (wrong == 2 && random.Next(4) == 0) query = [.. query, .. query];
        var body = operation.Body is null ? null : wrong is 3 || (wrong is 0 && random.Next(2) == 0) ? bodies.Mutated(operation) : bodies.Valid(operation).ToJsonString();
        return new FuzzRequest(
            operation,
            query.Count == 0 ? path : $"{path}?{string.Join('&', query.Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value.Length > 1_000 ? q.Value[..1_000] : q.Value)}"))}",
            wrong == 4 && random.Next(3) == 0 ? bodies.Pick(["", "x", "a.b.c", scene.Sender.AccessToken[..^3]]) : scene.TokenFor(operation),
            operation.NeedsIdempotencyKey || random.Next(6) == 0 ? $"fuzz-{seed}" : null,
            body,
            wrong == 4 && random.Next(3) == 0 ? bodies.Pick(ContentTypes) : "application/json");
    }

    public async Task<(int Status, string Text, string ContentType)> SendAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(Operation.Method, Path);
        if (Token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token}");
        if (Key is not null) request.Headers.Add("Idempotency-Key", Key);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            if (ContentType.Length > 0) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        }

        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType ?? "");
    }

    /// <summary>Smaller requests that may fail in the same way: parts left out, texts halved.</summary>
    public IEnumerable<FuzzRequest> Shrinks()
    {
        if (Key is not null && !Operation.NeedsIdempotencyKey) yield return this with { Key = null };
        var question = Path.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            yield return this with { Path = Path[..question] };
            var parts = Path[(question + 1)..].Split('&');
            for (var i = 0; parts.Length > 1 && i < parts.Length; i++)
                yield return this with { Path = $"{Path[..question]}?{string.Join('&', parts.Where((_, at) => at != i))}" };
        }

        if (Body is not { Length: > 2 }) yield break;
        JsonObject? members = null;
        try
        {
            members = JsonNode.Parse(Body) as JsonObject;
            _ = members?.Count;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            members = null;
        }

        if (members is null) yield return this with { Body = Body[..(Body.Length / 2)] };
        foreach (var name in members?.Select(m => m.Key).ToList() ?? [])
        {
            var fewer = (JsonObject)members!.DeepClone();
            fewer.Remove(name);
            yield return this with { Body = fewer.ToJsonString() };
        }
    }

    public override string ToString() =>
        $"{Operation.Method} {Refusal.Shorten(Path)} key={Key} {ContentType}\n    body: {(Body is null ? "none" : Refusal.Shorten(Body))}";

    private static string HostileId(BodyGenerator bodies, InputScene scene, Random random) => random.Next(3) switch
    {
        0 => bodies.Pick([scene.OthersPrivateVideo, scene.OthersVideo, scene.Other.UserId, scene.OthersComment, scene.OthersHiddenComment, scene.OwnVideo, $"{scene.OwnComment}.1.00000001"]),
        1 => Core.Id.New(TimeProvider.System),
        _ => bodies.Pick(BodyGenerator.HostileTexts) is { Length: > 0 and < 1_000 } text && text is not ("." or "..") ? text : "x",
    };
}
