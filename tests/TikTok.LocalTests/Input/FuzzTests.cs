using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace TikTok.LocalTests.Input;

/// <summary>
/// Generated requests to every route of <c>openapi.json</c>: no 5xx, every refusal a problem document, every answer as it is described, and no write
/// without success. <c>FUZZ_REQUESTS</c> says how many requests (3,000 unless set) and <c>FUZZ_SEED</c> begins elsewhere.
/// </summary>
[Collection(nameof(ProductService))]
public sealed class FuzzTests(ProductService service, ITestOutputHelper output)
{
    private const int AtOnce = 4;
    private const int MaxShrinks = 60;

    [Fact]
    public async Task Generated_requests_never_fail_the_service_and_refused_ones_write_nothing()
    {
        var (requests, seed) = (Setting("FUZZ_REQUESTS", 3_000), Setting("FUZZ_SEED", 1));
        var scene = await InputScene.MakeAsync(service);
        var operations = scene.Api.Operations;
        var all = Enumerable.Range(0, requests).Select(i => FuzzRequest.Make(operations[i % operations.Count], scene, seed + i)).ToList();

        var (faults, refused, statuses) = (new ConcurrentBag<(FuzzRequest Request, string Fault)>(), new ConcurrentBag<FuzzRequest>(), new ConcurrentDictionary<int, int>());
        await EachAsync(all, async request =>
        {
            var (status, text, contentType) = await request.SendAsync(service.Http);
            statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
            if (Fault(scene.Api, request, status, text, contentType) is { } fault) faults.Add((request, fault));

            // What a key remembers is not run again, and 401 of a caller that has left meanwhile says nothing.
            if (status is >= 400 and < 500) refused.Add(request with { Key = request.Operation.NeedsIdempotencyKey ? $"{request.Key}-again" : null });
        });
        output.WriteLine($"{requests} requests to {operations.Count} operations, seed {seed}: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}");
        await FailAsync(scene, faults);

        // Again what was refused, on a service at rest: it is refused again, and nothing is different afterwards.
        for (var round = 0; ; round++)
        {
            var before = await StoreSnapshot.AtRestAsync(service);
            var refusedAgain = new ConcurrentBag<FuzzRequest>();
            await EachAsync(refused, async request =>
            {
                if ((await request.SendAsync(service.Http)).Status >= 400) refusedAgain.Add(request);
            });
            var changes = (await StoreSnapshot.TakeAsync(service)).ChangesSince(before).ToList();
            var succeeded = refused.Count - refusedAgain.Count;
            output.WriteLine($"{refused.Count} refused requests again: {succeeded} succeeded this time, {changes.Count} changes");
            if (changes.Count == 0) break;

            // What succeeded now may have written: without it, once more.
            refused = refusedAgain;
            if (succeeded == 0 || round == 3) Assert.Fail($"Refused, and yet:\n{string.Join('\n', changes)}\nby {await CulpritAsync(refused)}");
        }
    }

    private static async Task EachAsync(IReadOnlyCollection<FuzzRequest> requests, Func<FuzzRequest, Task> send) => await Parallel.ForEachAsync(
        requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, _) => await send(request));

    private static string? Fault(ApiDocument api, FuzzRequest request, int status, string text, string contentType)
    {
        if (status >= 500) return request.Operation.Answers(status) ? null : $"answered {status}: {RawHttp.Shorten(text)}";
        if (status >= 400)
            return RawHttp.Fault(status, text) ?? (contentType == "application/problem+json" ? null : $"a problem of content type '{contentType}'");
        if (!request.Operation.Answers(status)) return $"answered {status}, which is not described";
        if (request.Operation.Answer(status) is not { } schema) return null;
        using var answer = JsonDocument.Parse(text);
        return string.Join("; ", api.Mismatches(answer.RootElement, schema)) is { Length: > 0 } mismatches ? $"answered what is not described: {mismatches}" : null;
    }

    /// <summary>Prints each kind of failure once, as small as it gets.</summary>
    private async Task FailAsync(InputScene scene, IReadOnlyCollection<(FuzzRequest Request, string Fault)> faults)
    {
        if (faults.Count == 0) return;
        var lines = new List<string>();
        foreach (var group in faults.GroupBy(f => (f.Request.Operation.Name, f.Fault[..Math.Min(24, f.Fault.Length)])).Take(30))
        {
            var (request, fault) = await ShrinkAsync(scene, group.First());
            lines.Add($"{fault}\n  {request}");
        }

        Assert.Fail($"{faults.Count} requests:\n{string.Join('\n', lines)}");
    }

    private async Task<(FuzzRequest Request, string Fault)> ShrinkAsync(InputScene scene, (FuzzRequest Request, string Fault) found)
    {
        for (var (tries, smaller) = (0, true); smaller && tries < MaxShrinks;)
        {
            smaller = false;
            foreach (var candidate in found.Request.Shrinks())
            {
                tries++;
                var (status, text, contentType) = await candidate.SendAsync(service.Http);
                if (Fault(scene.Api, candidate, status, text, contentType) is not { } fault || fault[..Math.Min(12, fault.Length)] != found.Fault[..Math.Min(12, found.Fault.Length)]) continue;
                (found, smaller) = ((candidate, fault), true);
                break;
            }
        }

        return found;
    }

    /// <summary>The first refused request after which something is different.</summary>
    private async Task<string> CulpritAsync(IEnumerable<FuzzRequest> refused)
    {
        var before = await StoreSnapshot.AtRestAsync(service);
        foreach (var request in refused)
        {
            var (status, _, _) = await request.SendAsync(service.Http);
            var after = await StoreSnapshot.TakeAsync(service);
            if (status >= 400 && after.ChangesSince(before).ToList() is { Count: > 0 } changes) return $"{request}\n{string.Join('\n', changes)}";
            before = after;
        }

        return "none of them alone";
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
