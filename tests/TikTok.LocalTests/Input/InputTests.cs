using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>
/// What may not come in, tried on every route that <c>openapi.json</c> has, and that is all that the functions declare (<c>ApiContractTests</c>): each refusal
/// is a problem document as it is described, and names the field where one is at fault.
/// </summary>
public abstract class InputTests(InputSceneFixture fixture, ITestOutputHelper output) : IClassFixture<InputSceneFixture>, IAsyncLifetime
{
    // Header values as they are given, not as they should be.
    private readonly HttpClient _http = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = fixture.Service.Http.BaseAddress };

    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentQueue<string> _faults = [];
    private int _requests;

    protected ProductService Service => fixture.Service;

    internal InputScene Scene => fixture.Scene;

    internal IReadOnlyList<ApiOperation> Operations => Scene.Document.Operations;

    internal IEnumerable<ApiOperation> WithBody => Operations.Where(o => o.Body is not null);

    /// <summary>Every member of every body.</summary>
    internal IEnumerable<(ApiOperation Operation, string Member, JsonElement Schema)> Members => WithBody.SelectMany(operation =>
        Scene.Document.Resolve(operation.Body!.Value).GetProperty("properties").EnumerateObject().Select(p => (operation, p.Name, Scene.Document.Resolve(p.Value))));

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Says how many requests were sent, and which were not refused as they should have been.</summary>
    public Task DisposeAsync()
    {
        _http.Dispose();
        output.WriteLine($"{_requests} requests");
        Assert.True(_faults.IsEmpty, $"{_faults.Count} of {_requests} requests:\n{string.Join('\n', _faults.Take(60))}");
        return Task.CompletedTask;
    }

    internal static string? TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.GetString() : null;

    internal static bool IsEnum(JsonElement schema) => schema.TryGetProperty("enum", out _);

    internal static string Quoted(string text) => JsonSerializer.Serialize(text, AsItIs);

    internal static ByteArrayContent Content(string body) => Content(Encoding.UTF8.GetBytes(body));

    internal static ByteArrayContent Content(byte[] body, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    internal JsonObject Valid(ApiOperation operation) => new BodyGenerator(Scene, new Random(7), isWhole: true).Valid(operation);

    internal ByteArrayContent? BodyOf(ApiOperation operation) => operation.Body is null ? null : Content(Valid(operation).ToJsonString());

    /// <summary>A body that is good but for one member.</summary>
    internal ByteArrayContent With(ApiOperation operation, string member, string value)
    {
        var valid = Valid(operation);
        valid.Remove(member);

        // The two ways to record a watch exclude each other; a fault in one must not be hidden by the other.
        if (member == "events") valid.Clear();
        var rest = valid.ToJsonString();
        return Content($"{{{Quoted(member)}:{value}{(rest.Length > 2 ? "," : "")}{rest[1..]}");
    }

    internal async Task<(int Status, string Text)> SendAsync(ApiOperation operation, HttpContent? content, Variation? with = null)
    {
        Interlocked.Increment(ref _requests);
        with ??= new Variation();
        using var request = new HttpRequestMessage(with.Method ?? operation.Method, $"{with.Path ?? Scene.PathFor(operation)}{(with.Query is null ? "" : $"?{with.Query}")}") { Content = content };
        request.Headers.TransferEncodingChunked = with.Chunked ? true : null;
        if ((with.Token ?? Scene.TokenFor(operation)) is { Length: > 0 } bearer) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if ((with.Key ?? (operation.NeedsIdempotencyKey ? Guid.NewGuid().ToString() : null)) is { } value) request.Headers.TryAddWithoutValidation("Idempotency-Key", value);
        foreach (var (name, header) in with.Headers) request.Headers.TryAddWithoutValidation(name, header);
        try
        {
            using var answer = await _http.SendAsync(request);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException e)
        {
            return (0, e.Message);
        }
    }

    /// <summary>Sends what must be refused, and notes what is wrong with the answer.</summary>
    internal async Task RefusedAsync(ApiOperation operation, HttpContent? content, HttpStatusCode? status = null, string? field = null, Variation? with = null)
    {
        var sent = content is null ? "" : Refusal.Shorten(await content.ReadAsStringAsync());
        var (answered, text) = await SendAsync(operation, content, with);

        // A server that refuses a large body early may close the connection on a client that is still sending.
        if (answered == 0 && status == HttpStatusCode.RequestEntityTooLarge) return;
        var fault = Refusal.Fault(operation, answered, text, with?.Path ?? "")
            ?? (status is { } expected && answered != (int)expected ? $"answered {answered}, not {(int)expected}: {Refusal.Shorten(text)}" : null)
            ?? (field is not null && !Refusal.Names(text, field) ? $"does not name '{field}': {Refusal.Shorten(text)}" : null);
        if (fault is not null) Note(operation, with, $"{fault}\n    sent: {sent}");
    }

    /// <summary>Sends what may be taken or refused, as long as nothing breaks.</summary>
    internal async Task SurvivedAsync(ApiOperation operation, HttpContent? content, Variation with)
    {
        var (status, text) = await SendAsync(operation, content, with);
        var fault = status < 400 && operation.Answers(status) ? null : Refusal.Fault(operation, status, text, with.Path ?? "");
        if (fault is not null) Note(operation, with, fault);
        if (status < 400) await Scene.MendAsync(operation);
    }

    internal void Note(ApiOperation operation, Variation? with, string fault) => _faults.Enqueue($"{operation.Name} {with}: {fault}");

    /// <summary>How a request differs from the one that nothing is wrong with. A token that is empty is none.</summary>
    internal sealed record Variation(
        string? Path = null, string? Query = null, string? Token = null, string? Key = null, HttpMethod? Method = null, bool Chunked = false)
    {
        public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

        public override string ToString() => string.Join(' ', new[] { Method?.Method, Path, Query, Token is null ? null : $"token={Refusal.Shorten(Token)}", Key is null ? null : $"key={Refusal.Shorten(Key)}", string.Join(' ', Headers.Select(h => $"{h.Name}: {Refusal.Shorten(h.Value)}")) }.Where(p => p is { Length: > 0 }));
    }
}

/// <summary>One scene for all tests of a class.</summary>
public sealed class InputSceneFixture(ProductService service) : IAsyncLifetime
{
    public ProductService Service => service;

    internal InputScene Scene { get; private set; } = null!;

    public async Task InitializeAsync() => Scene = await InputScene.MakeAsync(service);

    public Task DisposeAsync() => Task.CompletedTask;
}
