using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Real answers against the description.</summary>
[Collection(nameof(ProductService))]
public sealed class AnswerTests(ProductService service, ITestOutputHelper output)
{
    /// <summary>What needs more than a request: media that was encoded, the receipt of an account that was deleted, and a rebuild, of which there is one at a time.</summary>
    private static readonly IReadOnlyList<string> NotOfOneRequest =
        ["GET /videos/{id}/playlists/{name}", "GET /privacy-requests/{id}", "GET /ops/analytics/rebuild", "POST /ops/analytics/rebuild"];

    [Fact]
    public async Task Walk_over_every_route_is_answered_as_described()
    {
        var scene = await InputScene.MakeAsync(service);
        var (mismatches, unanswered) = (new List<string>(), new List<string>());

        // Things are read, then made, then removed from the leaves inwards; what ends a session or an account comes last.
        var walk = scene.Document.Operations
            .OrderBy(InputScene.Ends).ThenBy(o => o.Method == HttpMethod.Delete).ThenBy(o => o.Method != HttpMethod.Get).ThenByDescending(o => o.Path.Length);
        foreach (var operation in walk)
        {
            var last = "";
            var isAnswered = false;
            for (var seed = 0; seed < 12 && !isAnswered; seed++)
            {
                var body = operation.Body is null ? null : new BodyGenerator(scene, new Random(seed)).Valid(operation).ToJsonString();
                using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
                using var request = new HttpRequestMessage(operation.Method, scene.PathFor(operation)) { Content = content };
                if (scene.TokenFor(operation) is { } token) request.Headers.Authorization = new("Bearer", token);
                using var answer = await service.Http.SendAsync(request);
                var (status, text) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
                last = $"{operation.Name}: {status} {Refusal.Shorten(text)}";
                if (status >= 400) continue;
                isAnswered = true;
                if (!operation.Answers(status)) mismatches.Add($"{operation.Name}: {status} is not described");
                if (operation.Answer(status) is { } described)
                {
                    using var document = JsonDocument.Parse(text);
                    mismatches.AddRange(scene.Document.Mismatches(document.RootElement, described).Select(m => $"{operation.Name}: {m}"));
                }

                await scene.MendAsync(operation);
            }

            if (!isAnswered) unanswered.Add(last);
        }

        output.WriteLine($"{scene.Document.Operations.Count - unanswered.Count} of {scene.Document.Operations.Count} operations answered\n{string.Join('\n', unanswered)}");
        Assert.Empty(mismatches);
        Assert.All(unanswered, line => Assert.Contains(NotOfOneRequest, known => line.StartsWith($"{known}:", StringComparison.Ordinal)));
    }
}
