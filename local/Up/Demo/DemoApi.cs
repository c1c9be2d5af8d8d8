using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TikTok.Local.Up.Demo;

/// <summary>Somebody to be in the demo.</summary>
public sealed record DemoAccount(string Username, string Password, string DisplayName);

/// <summary>A video of a feed page, as far as a demo looks at it.</summary>
public sealed record DemoVideo(string Id, string UserId, long DurationMs, IReadOnlyList<string> Hashtags);

/// <param name="NextCursor">null when there is nothing more to show for now.</param>
public sealed record DemoPage(IReadOnlyList<DemoVideo> Items, string? NextCursor);

/// <summary>The HTTP API as an app uses it. Nothing here knows more of the service than an app does.</summary>
internal sealed class DemoApi(HttpClient http, TimeProvider time)
{
    private const int ParallelBlocks = 4;
    private const int Attempts = 4;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private string? _token;

    /// <summary>Registers, or logs in where there is such an account: a login that fails would count against this address.</summary>
    /// <returns>The account's id.</returns>
    public async Task<string> SignInAsync(DemoAccount account, CancellationToken cancellationToken)
    {
        var login = await SendAsync(
            HttpMethod.Post, "auth/register", new { account.Username, account.Password, account.DisplayName, BirthDate = "2000-01-01" }, cancellationToken, HttpStatusCode.Conflict);
        login ??= await SendAsync(HttpMethod.Post, "auth/login", new { account.Username, account.Password }, cancellationToken);
        _token = Text(login!, "accessToken");
        return Text(login!, "userId");
    }

    /// <returns>The video's status, or null when there is no such video of ours.</returns>
    public async Task<(string Status, string? Reason)?> StatusAsync(string videoId, CancellationToken cancellationToken) =>
        await SendAsync(HttpMethod.Get, $"videos/{videoId}/status", null, cancellationToken, HttpStatusCode.NotFound) is { } answer
            ? (Text(answer, "status"), (string?)answer["reason"])
            : null;

    public async Task UploadAsync(DemoClip clip, long durationMs, CancellationToken cancellationToken)
    {
        await LandAsync(clip, durationMs, cancellationToken);
        await CompleteAsync(clip, cancellationToken);
    }

    /// <summary>The blob's half of an upload: blocks in parallel, then the list that commits them.</summary>
    public async Task LandAsync(DemoClip clip, long durationMs, CancellationToken cancellationToken)
    {
        var file = new FileInfo(clip.Path);
        var init = (await SendAsync(HttpMethod.Post, "videos/upload/init", new { Filename = file.Name, Filesize = file.Length, DurationMs = durationMs, clip.VideoId }, cancellationToken))!;
        var (target, blockSize) = (Text(init, "uploadUrl"), (int)Math.Min((long)init["blockSize"]!, file.Length));

        var blocks = Enumerable.Range(0, (int)((file.Length + blockSize - 1) / blockSize)).ToList();
        await Parallel.ForEachAsync(blocks, new ParallelOptions { MaxDegreeOfParallelism = ParallelBlocks, CancellationToken = cancellationToken }, async (index, ct) =>
        {
            using var handle = File.OpenHandle(file.FullName);
            var content = new byte[Math.Min(blockSize, file.Length - (long)index * blockSize)];
            await RandomAccess.ReadAsync(handle, content, (long)index * blockSize, ct);
            await PutAsync($"{target}&comp=block&blockid={Uri.EscapeDataString(BlockId(index))}", content, ct);
        });
        var list = $"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{string.Concat(blocks.Select(index => $"<Latest>{BlockId(index)}</Latest>"))}</BlockList>";
        await PutAsync($"{target}&comp=blocklist", Encoding.UTF8.GetBytes(list), cancellationToken);
    }

    /// <summary>The creator's half of an upload.</summary>
    public Task CompleteAsync(DemoClip clip, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"videos/{clip.VideoId}/upload/complete", new { clip.Title, clip.Description, Visibility = "public" }, cancellationToken);

    public Task LikeAsync(string videoId, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, $"videos/{videoId}/like", new { }, cancellationToken);

    public Task FollowAsync(string userId, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, $"users/{userId}/follow", new { }, cancellationToken);

    public Task ChooseInterestsAsync(IReadOnlyList<string> interests, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "onboarding/interests", new { Interests = interests }, cancellationToken);

    /// <param name="cursor">The last page's; null for the first.</param>
    public async Task<DemoPage> FeedAsync(int count, string? cursor, CancellationToken cancellationToken)
    {
        var page = (await SendAsync(HttpMethod.Get, $"feed?count={count}{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", null, cancellationToken))!;
        return new DemoPage(
            [
                .. page["items"]!.AsArray().Select(item => new DemoVideo(
                    Text(item!, "id"), Text(item!["user"]!, "id"), (long)item["durationMs"]!, [.. item["hashtags"]!.AsArray().Select(tag => (string)tag!)])),
            ],
            (string?)page["nextCursor"]);
    }

    public Task WatchAsync(DemoVideo video, long watchedMs, string sessionId, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, "analytics/watch",
        new { VideoId = video.Id, WatchDurationMs = watchedMs, TotalDurationMs = video.DurationMs, Source = "fyp", SessionId = sessionId }, cancellationToken);

    /// <summary>Ids of one blob are of one length, as Put Block demands.</summary>
    private static string BlockId(int index) => Convert.ToBase64String(Encoding.ASCII.GetBytes(index.ToString("D8", CultureInfo.InvariantCulture)));

    private async Task PutAsync(string url, byte[] content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var body = new ByteArrayContent(content);
                using var response = await http.PutAsync(new Uri(url), body, cancellationToken);
                if (response.IsSuccessStatusCode) return;
                if (attempt == Attempts || (int)response.StatusCode < 500) throw new HttpRequestException($"The blob store answered {(int)response.StatusCode}.", null, response.StatusCode);
            }
            catch (HttpRequestException e) when (attempt < Attempts && e.StatusCode is null)
            {
                // The connection broke; the block is sent again.
            }
            await Task.Delay(RetryDelay * attempt, time, cancellationToken);
        }
    }

    /// <returns>The answer; null for no content and for the status that <paramref name="expected"/> names.</returns>
    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken, HttpStatusCode? expected = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Web);
        if (_token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode == expected || response.StatusCode == HttpStatusCode.NoContent) return null;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{method} {path} answered {(int)response.StatusCode}: {text}", null, response.StatusCode);
        return JsonNode.Parse(text);
    }

    private static string Text(JsonNode answer, string property) =>
        (string?)answer[property] ?? throw new InvalidDataException($"The answer has no {property}.");
}
