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

    /// <summary>Requests of one scene: its people come to the limits of their day.</summary>
    private const int SceneRequests = 3_000;
    private const int MaxShrinks = 60;

    private readonly ConcurrentBag<(FuzzRequest Request, string Fault)> _faults = [];
    private readonly ConcurrentBag<FuzzRequest> _refused = [];
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentDictionary<string, int> _taken = new(StringComparer.Ordinal);
    private InputScene _scene = null!;

    [Fact]
    public async Task Generated_requests_never_fail_the_service_and_refused_ones_write_nothing()
    {
        var (requests, seed) = (Setting("FUZZ_REQUESTS", 3_000), Setting("FUZZ_SEED", 1));
        var operations = (await ApiDocument.ReadAsync(service.Http)).Operations;
        foreach (var part in Enumerable.Range(0, requests).Chunk(SceneRequests))
        {
            _scene = await InputScene.MakeAsync(service);
            await EachAsync(part, i => TryAsync(FuzzRequest.Make(operations[i % operations.Count], _scene, seed + i)));
        }

        output.WriteLine($"{requests} requests to {operations.Count} operations, seed {seed}: {string.Join(", ", _statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}");
        output.WriteLine($"{_statuses.Where(s => s.Key >= 500).Sum(s => s.Value)} of 5xx; never taken: {string.Join(", ", operations.Select(o => o.Name).Where(name => !_taken.ContainsKey(name)))}");
        await FailAsync();

        // Nothing is tested of an operation that refuses whatever comes.
        if (requests >= 20 * operations.Count) Assert.InRange(_taken.Count, operations.Count - 4, operations.Count);
        await RefusedAgainAsync();
        Assert.DoesNotContain(Secrets(), secret => service.FunctionsOutput.Contains(secret, StringComparison.Ordinal));
    }

    private async Task TryAsync(FuzzRequest request)
    {
        var (status, text, contentType) = await request.SendAsync(service.Http);
        _statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
        if (Fault(request, status, text, contentType) is { } fault) _faults.Add((request, fault));
        if (status < 400)
        {
            _taken.AddOrUpdate(request.Operation.Name, 1, (_, n) => n + 1);
            await _scene.MendAsync(request.Operation);
        }

        // What a key remembers is not run again.
        if (status is >= 400 and < 500) _refused.Add(request with { Key = request.Operation.NeedsIdempotencyKey ? $"{request.Key}-again" : null });
    }

    /// <summary>Sends again what was refused, to a service at rest: it is refused again, and nothing is different afterwards.</summary>
    private async Task RefusedAgainAsync()
    {
        IReadOnlyCollection<FuzzRequest> refused = _refused;
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
            if (changes.Count == 0) return;

            // What succeeded now may have written, and so may a timer: without the one, once more.
            refused = refusedAgain;
            if (round == 3) Assert.Fail($"Refused, and yet:\n{string.Join('\n', changes)}\nby {await CulpritAsync(refused)}");
        }
    }

    private IReadOnlyList<string> Secrets() =>
        [Api.Password, _scene.Sender.AccessToken, _scene.Admin.AccessToken, _scene.Leaver.RefreshToken, _scene.Sender.RefreshToken, _scene.Sender.Username, "\nnone\n", "jndi:", "<script>"];

    private static async Task EachAsync<T>(IEnumerable<T> all, Func<T, Task> act) =>
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, _) => await act(one));

    private string? Fault(FuzzRequest request, int status, string text, string contentType)
    {
        if (status >= 500) return request.Operation.Answers(status) ? null : $"answered {status}: {Refusal.Shorten(text)}";
        if (status >= 400)
        {
            return Refusal.Fault(request.Operation, status, text, request.Path)
                ?? (text.Length == 0 || contentType == "application/problem+json" ? null : $"a problem of content type '{contentType}'");
        }

        if (!request.Operation.Answers(status)) return $"answered {status}, which is not described";
        if (request.Operation.Answer(status) is not { } schema) return null;
        using var answer = JsonDocument.Parse(text);
        return string.Join("; ", _scene.Document.Mismatches(answer.RootElement, schema)) is { Length: > 0 } mismatches ? $"answered what is not described: {mismatches}" : null;
    }

    /// <summary>Prints each kind of failure once, as small as it gets.</summary>
    private async Task FailAsync()
    {
        if (_faults.IsEmpty) return;
        var lines = new List<string>();
        foreach (var group in _faults.GroupBy(f => (f.Request.Operation.Name, Kind(f.Fault))).Take(30))
        {
            var (request, fault) = await ShrinkAsync(group.First());
            lines.Add($"{fault}\n  {request}");
        }

        Assert.Fail($"{_faults.Count} requests:\n{string.Join('\n', lines)}");
    }

    private async Task<(FuzzRequest Request, string Fault)> ShrinkAsync((FuzzRequest Request, string Fault) found)
    {
        for (var (tries, smaller) = (0, true); smaller && tries < MaxShrinks;)
        {
            smaller = false;
            foreach (var candidate in found.Request.Shrinks())
            {
                tries++;
                var (status, text, contentType) = await candidate.SendAsync(service.Http);
                if (Fault(candidate, status, text, contentType) is not { } fault || Kind(fault) != Kind(found.Fault)) continue;
                (found, smaller) = ((candidate, fault), true);
                break;
            }
        }

        return found;
    }

    private static string Kind(string fault) => fault[..Math.Min(24, fault.Length)];

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
