using System.Net;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>Idempotency keys: used again for something else, by someone else, at once, and what is no key.</summary>
[Collection(nameof(ProductService))]
public sealed class RepetitionTests(InputSceneFixture fixture, ITestOutputHelper output) : InputTests(fixture, output)
{
    private IEnumerable<ApiOperation> WithKey => Operations.Where(o => o.TakesIdempotencyKey);

    [Fact]
    public async Task Keys_used_again_with_another_body_are_refused()
    {
        foreach (var operation in WithKey.Where(o => o.Body is not null))
        {
            var key = Guid.NewGuid().ToString();
            await SendAsync(operation, Content("""{"first":1}"""), new Variation(Key: key));
            await RefusedAsync(operation, Content("""{"second":2}"""), HttpStatusCode.UnprocessableEntity, with: new Variation(Key: key));
        }
    }

    [Fact]
    public async Task Values_that_are_no_keys_are_named()
    {
        foreach (var operation in WithKey)
        {
            foreach (var key in new[] { "", " ", "a b", "a\tb", new string('a', 256), "é", "\u0001" })
                await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.BadRequest, "Idempotency-Key", new Variation { Headers = [("Idempotency-Key", key)] });
            await RefusedAsync(operation, BodyOf(operation), HttpStatusCode.BadRequest, "Idempotency-Key", new Variation { Headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")] });
        }
    }

    [Fact]
    public async Task Key_of_one_caller_gives_no_other_the_answer()
    {
        var (path, key) = ($"videos/{Scene.OthersVideo}/comments", Guid.NewGuid().ToString());
        var mine = await Service.Http.PostAsync(path, new { text = "Mine." }, Scene.Sender.AccessToken, key);
        var theirs = await Service.Http.PostAsync(path, new { text = "Mine." }, Scene.Other.AccessToken, key);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (mine.Status, theirs.Status));
        Assert.False(theirs.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.NotEqual(mine.Body.GetProperty("id").GetString(), theirs.Body.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Repetitions_at_once_do_it_once()
    {
        var (path, key) = ($"videos/{Scene.OthersVideo}/comments", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Service.Http.PostAsync(path, new { text = "Once." }, Scene.Sender.AccessToken, key)));

        Assert.All(answers, a => Assert.True(a.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, a.Text));
        Assert.Single(answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Body.GetProperty("id").GetString()).Distinct());
        var listed = await Service.Http.SendAsync(HttpMethod.Get, $"{path}?limit=100", token: Scene.Sender.AccessToken);
        Assert.Single(listed.Body.GetProperty("items").EnumerateArray(), c => c.GetProperty("text").GetString() == "Once.");
    }
}
