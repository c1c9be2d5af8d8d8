using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Real answers against the description.</summary>
[Collection(nameof(ProductService))]
public sealed class AnswerTests(ProductService service, ITestOutputHelper output)
{
    /// <summary>What needs more than a request: media that was encoded, an upload that is open, a receipt, a request to follow.</summary>
    private static readonly IReadOnlyList<string> NotOfOneRequest =
    [
        "GET /videos/{id}/playlists/{name}", "GET /privacy-requests/{id}", "POST /users/me/follow-requests/{userId}/accept", "DELETE /users/me/follow-requests/{userId}",
        "POST /auth/login", "POST /auth/logout",
    ];

    [Fact]
    public async Task Walk_over_every_route_is_answered_as_described()
    {
        var scene = await InputScene.MakeAsync(service);
        var (mismatches, unanswered) = (new List<string>(), new List<string>());

        // What ends things comes last.
        foreach (var operation in scene.Api.Operations.OrderBy(InputScene.Ends).ThenBy(o => o.Method == HttpMethod.Delete))
        {
            var last = "";
            var isAnswered = false;
            for (var seed = 0; seed < 12 && !isAnswered; seed++)
            {
                var body = operation.Body is { } schema ? new BodyGenerator(scene.Api, scene, new Random(seed)).Valid(schema)!.ToJsonString() : null;
                using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(operation.Method, scene.PathFor(operation)) { Content = content };
                if (scene.TokenFor(operation) is { } token) request.Headers.Authorization = new("Bearer", token);
                using var answer = await service.Http.SendAsync(request);
                var (status, text) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
                last = $"{operation.Name}: {status} {RawHttp.Shorten(text)}";
                if (status >= 400) continue;
                isAnswered = true;
                if (!operation.Answers(status)) mismatches.Add($"{operation.Name}: {status} is not described");
                if (operation.Answer(status) is not { } described) continue;
                using var document = JsonDocument.Parse(text);
                mismatches.AddRange(scene.Api.Mismatches(document.RootElement, described).Select(m => $"{operation.Name}: {m}"));
            }

            if (!isAnswered) unanswered.Add(last);
        }

        output.WriteLine($"{scene.Api.Operations.Count - unanswered.Count} of {scene.Api.Operations.Count} operations answered\n{string.Join('\n', unanswered)}");
        Assert.Empty(mismatches);
        Assert.All(unanswered, line => Assert.Contains(NotOfOneRequest, known => line.StartsWith($"{known}:", StringComparison.Ordinal)));
    }
}
