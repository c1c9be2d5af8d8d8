using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TikTok.LocalTests.Transcoder;

namespace TikTok.LocalTests.Service;

/// <summary>What the whole service tells of itself, and what it does not.</summary>
[Collection(nameof(ServiceProcess))]
public sealed class TelemetryTests(ServiceProcess service, Clips clips) : IClassFixture<Clips>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_trace_leads_from_the_completed_upload_over_both_jobs_to_the_publication(bool blobFirst)
    {
        using var creator = await Person.RegisterAsync(service.Api);
        var clip = await File.ReadAllBytesAsync(await clips.VideoAsync(426, 240, seconds: 3));
        var (_, begun) = await creator.CallAsync(HttpMethod.Post, "videos/upload/init", new { filename = "clip.mp4", filesize = clip.Length, durationMs = 3000 });
        var id = begun.GetProperty("videoId").GetString()!;
        if (blobFirst) await PutAsync(begun, clip);
        await creator.CallAsync(HttpMethod.Post, $"videos/{id}/upload/complete", new { title = "A clip", visibility = "public" });
        if (!blobFirst) await PutAsync(begun, clip);
        await creator.UntilAsync(id, Person.IsWhole);

        // Each process sends on its own: a trace is whole when the last of it is there, and every span hangs below another one of it.
        var spans = await TraceOfAsync(id, trace => trace.Any(s => Name(s) == "transcode-jobs") && trace.Any(s => Name(s) == "publish") && IsOneTree(trace));

        Assert.Equal("POST videos/{id}/upload/complete", Name(spans[0]));
        foreach (var name in (string[])["ask for probe", "send probe", "probe", "examine", "VideoStepTaken", "ask for transcode", "transcode-jobs", "encode", "publish rendition", "publish", "append interactions"])
            Assert.Contains(spans, span => Name(span) == name);
        Assert.Equal(["functions", "transcoder"], spans.Select(s => s.GetProperty("service").GetString()).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_dashboard_shows_the_parts_the_queues_and_what_was_measured()
    {
        using var creator = await Person.RegisterAsync(service.Api);
        await creator.CallAsync(HttpMethod.Get, "feed");

        var state = await UntilAsync(s => s.GetProperty("metrics").EnumerateArray().Any(m => m.GetProperty("name").GetString() == "feed_generation_duration_seconds"));

        Assert.Equal(
            ["cosmos", "eventhubs", "functions", "jobs", "ranker", "storage", "trainer", "up"],
            state.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("service").GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.Contains(state.GetProperty("queues").EnumerateArray(), q => q.GetProperty("name").GetString() == "transcode-jobs");
        Assert.All(state.GetProperty("dependencies").EnumerateArray(), d => Assert.True(d.GetProperty("healthy").GetBoolean()));
        var database = state.GetProperty("metrics").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "db_query_duration_seconds");
        var operations = database.GetProperty("series").EnumerateArray().Select(s => s.GetProperty("attributes").GetString()!).ToList();
        Assert.Contains(operations, o => o.Contains("container=usernames, operation=create", StringComparison.Ordinal));
        Assert.DoesNotContain(operations, o => o.Contains("operation=other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_about_a_person_is_in_the_logs_or_traces()
    {
        var name = $"ada{Guid.NewGuid():n}"[..20];
        const string Password = "Hidden-horse-77";
        const string Address = "203.0.113.77";
        using var http = new HttpClient { BaseAddress = service.Api };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", Address);
        var account = await PostAsync(http, "auth/register", new { username = name, password = Password, birthDate = "1995-05-05" });
        await PostAsync(http, "auth/register", new { username = name, password = Password, birthDate = "1995-05-05" });
        await PostAsync(http, "auth/login", new { username = name, password = Password + "-wrong" });
        await PostAsync(http, "auth/refresh", new { refreshToken = account.GetProperty("refreshToken").GetString() + "x" });
        var token = account.GetProperty("accessToken").GetString()!;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("users/me", UriKind.Relative))).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var changed = await http.PatchAsJsonAsync(new Uri("users/me", UriKind.Relative), new { displayName = "Countess Augusta", bio = "analytical engines" });
        var text = "This is text in a file named .mp4."u8.ToArray();
        var begun = await PostAsync(http, "videos/upload/init", new { filename = "countess.mp4", filesize = text.Length, durationMs = 3000 });
        await PutAsync(begun, text);
        var id = begun.GetProperty("videoId").GetString()!;
        await PostAsync(http, $"videos/{id}/upload/complete", new { title = "Notes upon the memoir", visibility = "public" });
        await UntilAsync(async () => (await service.LogsAsync()).Contains($"{id}: probe Failed", StringComparison.OrdinalIgnoreCase));
        var traces = await TracesAsync(spans => spans.Contains(id, StringComparison.Ordinal) && spans.Contains("probe", StringComparison.Ordinal));
        var logs = await service.LogsAsync();

        var signature = System.Web.HttpUtility.ParseQueryString(new Uri(begun.GetProperty("uploadUrl").GetString()!).Query)["sig"]!;
        string[] secrets =
        [
            name, Password, Address, token.Split('.')[2], account.GetProperty("refreshToken").GetString()!.Split('.')[2], signature, Uri.EscapeDataString(signature),
            "Countess", "countess.mp4", "analytical engines", "Notes upon", "sig=",
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, logs, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, traces, StringComparison.Ordinal));
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task PutAsync(JsonElement begun, byte[] content)
    {
        using var http = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, begun.GetProperty("uploadUrl").GetString()) { Content = new ByteArrayContent(content) };
        put.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var stored = await http.SendAsync(put);
        stored.EnsureSuccessStatusCode();
    }

    /// <summary>The spans of the trace in which a video's upload was completed, by their start, once they are as wanted.</summary>
    private async Task<IReadOnlyList<JsonElement>> TraceOfAsync(string videoId, Func<IReadOnlyList<JsonElement>, bool> wanted)
    {
        IReadOnlyList<JsonElement>? found = null;
        await UntilAsync(async () =>
        {
            using var http = new HttpClient { BaseAddress = await service.DashboardAsync() };
            foreach (var trace in (await http.GetFromJsonAsync<JsonElement>("api/state")).GetProperty("traces").EnumerateArray().Where(t => Name(t).EndsWith("upload/complete", StringComparison.Ordinal)))
            {
                var json = await http.GetStringAsync($"api/traces/{trace.GetProperty("id").GetString()}");
                if (!json.Contains(videoId, StringComparison.Ordinal)) continue;
                var spans = JsonElement.Parse(json).EnumerateArray().ToList();
                if (wanted(spans)) found = spans;
            }
            return found is not null;
        });
        return found!;
    }

    /// <summary>All that is remembered of all traces, once it is as wanted.</summary>
    private async Task<string> TracesAsync(Func<string, bool> wanted)
    {
        var all = "";
        await UntilAsync(async () =>
        {
            using var http = new HttpClient { BaseAddress = await service.DashboardAsync() };
            var state = await http.GetFromJsonAsync<JsonElement>("api/state");
            all = state.GetRawText();
            foreach (var trace in state.GetProperty("traces").EnumerateArray())
            {
                using var response = await http.GetAsync(new Uri($"api/traces/{trace.GetProperty("id").GetString()}", UriKind.Relative));
                all += await response.Content.ReadAsStringAsync();
            }
            return wanted(all);
        });
        return all;
    }

    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> wanted)
    {
        JsonElement state = default;
        await UntilAsync(async () =>
        {
            using var http = new HttpClient { BaseAddress = await service.DashboardAsync() };
            state = await http.GetFromJsonAsync<JsonElement>("api/state");
            return wanted(state);
        });
        return state;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            await Task.Delay(500, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (patience.IsCancellationRequested) throw new TimeoutException("It did not happen within two minutes.");
        }
    }

    private static bool IsOneTree(IReadOnlyList<JsonElement> spans)
    {
        var ids = spans.Select(s => s.GetProperty("spanId").GetString()).ToHashSet();
        return spans.Count(span => !ids.Contains(span.GetProperty("parentId").GetString())) == 1;
    }

    private static string Name(JsonElement span) => span.GetProperty("name").GetString()!;
}
