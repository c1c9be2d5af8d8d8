using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TikTok.LocalTests.Service;

/// <summary>Someone with an account and an HTTP client, and nothing else.</summary>
public sealed class Person : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http;

    public const string Password = "Correct-horse-9";

    private Person(HttpClient http, string userId, string username) => (_http, UserId, Username) = (http, userId, username);

    public string UserId { get; }

    public string Username { get; }

    public static async Task<Person> RegisterAsync(Uri api)
    {
        var http = new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromSeconds(30) };
        var body = new { username = $"p{Guid.NewGuid():n}"[..20], password = Password, birthDate = "1995-05-05" };
        using var response = await http.PostAsJsonAsync(new Uri("auth/register", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        var account = await response.Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account.GetProperty("accessToken").GetString());
        return new Person(http, account.GetProperty("userId").GetString()!, body.username);
    }

    /// <returns>The status and, where there is one, the JSON body.</returns>
    public async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>What must succeed.</summary>
    /// <returns>The answer's body.</returns>
    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        var (status, answer) = await CallAsync(HttpMethod.Post, path, body);
        Assert.True((int)status is >= 200 and < 300, $"{path}: {status} {answer}");
        return answer;
    }

    /// <returns>The video's id.</returns>
    public async Task<string> UploadAsync(byte[] clip, string visibility = "public")
    {
        var (_, begun) = await CallAsync(HttpMethod.Post, "videos/upload/init", new { filename = "clip.mp4", filesize = Math.Max(1, clip.Length), durationMs = 3000 });
        using var put = new HttpRequestMessage(HttpMethod.Put, begun.GetProperty("uploadUrl").GetString()) { Content = new ByteArrayContent(clip) };
        put.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var bare = new HttpClient();
        using var stored = await bare.SendAsync(put);
        stored.EnsureSuccessStatusCode();
        var videoId = begun.GetProperty("videoId").GetString()!;
        await CallAsync(HttpMethod.Post, $"videos/{videoId}/upload/complete", new { title = "A clip #test", visibility });
        return videoId;
    }

    /// <summary>Asks for a video's status until it is as wanted. An API that does not answer is asked again: it may be starting.</summary>
    public async Task<JsonElement> UntilAsync(string videoId, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        var last = "nothing";
        while (true)
        {
            try
            {
                var (status, body) = await CallAsync(HttpMethod.Get, $"videos/{videoId}/status");
                if (status == HttpStatusCode.OK && wanted(body)) return body;
                last = body.ToString();
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }
            await Task.Delay(200, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (patience.IsCancellationRequested) throw new TimeoutException($"Video {videoId} did not come so far: {last}");
        }
    }

    public static bool Is(JsonElement status, string name) => status.GetProperty("status").GetString() == name;

    public static bool IsWhole(JsonElement status) => Is(status, "ready") && status.GetProperty("progress").GetInt32() == 100;

    public void Dispose() => _http.Dispose();
}
