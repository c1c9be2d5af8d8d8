using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TikTok.Core;

namespace TikTok.LocalTests;

/// <summary>Calls of the HTTP API as a client makes them.</summary>
internal static class Api
{
    public const string Password = "correct horse battery";

    /// <summary>A username that no other test has.</summary>
    public static string NewName() => $"t_{Guid.NewGuid():n}"[..20];

    public static async Task<ApiAnswer> SendAsync(
        this HttpClient http, HttpMethod method, string path, object? body = null, string? token = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body, options: CoreJson.Options);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer(
            response.StatusCode,
            text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text),
            text,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase));
    }

    public static Task<ApiAnswer> PostAsync(this HttpClient http, string path, object body, string? token = null, string? idempotencyKey = null) =>
        http.SendAsync(HttpMethod.Post, path, body, token, idempotencyKey);

    /// <summary>A new account, signed in.</summary>
    public static async Task<SignedInUser> RegisterAsync(this HttpClient http, string? username = null, string birthDate = "1990-01-01")
    {
        var answer = await http.PostAsync("auth/register", new { username = username ?? NewName(), password = Password, birthDate });
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Body.Deserialize<SignedInUser>(CoreJson.Options)!;
    }
}

internal sealed record ApiAnswer(HttpStatusCode Status, JsonElement Body, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public string? ProblemType => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("type", out var type) ? type.GetString() : null;
}

internal sealed record SignedInUser(string UserId, string Username, string AccountType, string AccessToken, string RefreshToken, long ExpiresIn);
