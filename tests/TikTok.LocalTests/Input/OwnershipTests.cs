using System.Net;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>What is someone else's.</summary>
[Collection(nameof(ProductService))]
public sealed class OwnershipTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    [Fact]
    public async Task What_is_someone_elses_and_hidden_is_as_if_it_were_not_there()
    {
        foreach (var operation in Operations.Where(o => o.Path.Contains("/videos/{id}", StringComparison.Ordinal)))
            await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.NotFound, with: new Variation(operation.Fill(name => name == "id" ? Scene.OthersPrivateVideo : "master.m3u8")));
        foreach (var operation in Operations.Where(o => o.Path.Contains("/comments/{id}", StringComparison.Ordinal)))
            await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.NotFound, with: new Variation(operation.Fill(_ => Scene.OthersHiddenComment)));
        var post = Operations.Single(o => o.Name == "POST /videos/{id}/comments");
        await RefusedAsync(post, With(post, "parentId", Quoted(Scene.OthersHiddenComment)), HttpStatusCode.BadRequest, "parentId");
    }

    [Fact]
    public async Task What_is_someone_elses_and_seen_is_not_ours_to_change()
    {
        string[] owners = ["PATCH /videos/{id}", "DELETE /videos/{id}", "GET /videos/{id}/upload", "POST /videos/{id}/upload/complete", "GET /analytics/videos/{id}"];
        var before = await ReadAsync();
        foreach (var name in owners)
        {
            var operation = Operations.Single(o => o.Name == name);
            await RefusedAsync(operation, BodyOf(operation), with: new Variation(operation.Fill(_ => Scene.OthersVideo)));
        }

        foreach (var name in new[] { "DELETE /comments/{id}", "POST /comments/{id}/pin", "DELETE /comments/{id}/pin" })
        {
            var operation = Operations.Single(o => o.Name == name);
            await RefusedAsync(operation, null, HttpStatusCode.Forbidden, with: new Variation(operation.Fill(_ => Scene.OthersComment)));
        }

        var init = Operations.Single(o => o.Path == "/videos/upload/init");
        await RefusedAsync(init, With(init, "videoId", Quoted(Scene.OthersVideo)), HttpStatusCode.Conflict);
        var end = Operations.Single(o => o.Path == "/users/me/sessions/{id}");
        await RefusedAsync(end, null, HttpStatusCode.NotFound, with: new Variation(Token: Scene.Sender.AccessToken));
        Assert.Equal(before, await ReadAsync());
    }

    [Fact]
    public async Task Someone_elses_session_is_not_ended_by_their_refresh_token()
    {
        var answer = await Service.Http.PostAsync("auth/logout", new { refreshToken = Scene.Other.RefreshToken }, Scene.Sender.AccessToken);

        // It says nothing of whose token it is, and does nothing to it.
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await Service.Http.PostAsync("auth/refresh", new { refreshToken = Scene.Other.RefreshToken })).Status);
    }

    [Fact]
    public async Task Upload_URL_is_good_for_its_own_blob_and_for_writing_alone()
    {
        var begun = await Service.Http.PostAsync("videos/upload/init", new { filename = "clip.mp4", filesize = 1_000, durationMs = 20_000 }, Scene.Other.AccessToken);
        var (id, url) = (begun.Body.GetProperty("videoId").GetString()!, begun.Body.GetProperty("uploadUrl").GetString()!);
        using var storage = new HttpClient();

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string address)
        {
            using var request = new HttpRequestMessage(method, address) { Content = method == HttpMethod.Put ? new ByteArrayContent([1]) : null };
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            using var answer = await storage.SendAsync(request);
            return answer.StatusCode;
        }

        string[] others =
        [
            url.Replace(id, Scene.OthersVideo, StringComparison.Ordinal), url.Replace(id, $"{id}/../{Scene.OthersVideo}", StringComparison.Ordinal), url.Replace(id, $"{id}x", StringComparison.Ordinal),
            url.Replace("/uploads/", "/media/", StringComparison.Ordinal), url.Replace("sp=cw", "sp=cwrd", StringComparison.Ordinal), url.Replace("sr=b", "sr=c", StringComparison.Ordinal),
            System.Text.RegularExpressions.Regex.Replace(url, "se=[^&]+", "se=2099-01-01T00%3A00%3A00Z", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)), url[..url.IndexOf('?', StringComparison.Ordinal)],
        ];
        foreach (var other in others) Assert.Equal((HttpStatusCode.Forbidden, other), (await SendAsync(HttpMethod.Put, other), other));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, url));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, url));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(HttpMethod.Put, url));
    }

    /// <summary>Counters aside, which follow in their own time.</summary>
    private async Task<string> ReadAsync() =>
        string.Join('\n', (await Service.Http.SendAsync(HttpMethod.Get, $"videos/{Scene.OthersVideo}", token: Scene.Sender.AccessToken)).Body.EnumerateObject().Where(p => !p.Name.EndsWith("Count", StringComparison.Ordinal)))
        + (await Service.Http.SendAsync(HttpMethod.Get, $"videos/{Scene.OthersVideo}/comments", token: Scene.Sender.AccessToken)).Text;
}
