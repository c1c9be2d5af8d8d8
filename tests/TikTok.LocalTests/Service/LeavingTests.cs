using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using TikTok.Core;
using TikTok.LocalTests.Transcoder;

namespace TikTok.LocalTests.Service;

/// <summary>Deleting an account at the worst of moments, on the whole local service: nothing of the person is left in any store, and what others see is right.</summary>
[Collection(nameof(ServiceProcess))]
public sealed class LeavingTests(ServiceProcess service, Clips clips) : IClassFixture<Clips>
{
    /// <summary>A loop of the storm ends after so many rounds, below what anyone may comment in a day.</summary>
    private const int MostRounds = 40;
    private const int Loops = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Containers that name the leaver before they leave.</summary>
    private static readonly string[] Holding =
    [
        Containers.Accounts, Containers.Usernames, Containers.Videos, Containers.UserVideos, Containers.Edges, Containers.EdgesIn, Containers.Comments,
        Containers.Watches, Containers.CreatorStats,
    ];

    [Fact]
    public async Task An_account_deleted_during_an_upload_an_encoding_and_a_comment_storm_leaves_nothing_anywhere()
    {
        var clip = await File.ReadAllBytesAsync(await clips.VideoAsync(426, 240, seconds: 3));
        using var leaver = await Person.RegisterAsync(service.Api);
        using var friend = await Person.RegisterAsync(service.Api);
        using var fan = await Person.RegisterAsync(service.Api);
        var (friends, played) = (await friend.UploadAsync(clip), await leaver.UploadAsync(clip));
        await friend.UntilAsync(friends, Person.IsWhole);
        await leaver.UntilAsync(played, Person.IsWhole);
        foreach (var (one, other) in new[] { (leaver, friend), (friend, leaver), (fan, leaver), (fan, friend) }) await one.PostAsync($"users/{other.UserId}/follow");
        foreach (var one in new[] { leaver, fan }) await one.PostAsync($"videos/{friends}/like");
        await leaver.PostAsync("analytics/watch", new { videoId = friends, watchDurationMs = 900, totalDurationMs = 3_000, source = "fyp" });
        await fan.PostAsync("analytics/watch", new { videoId = played, watchDurationMs = 900, totalDurationMs = 3_000, source = "fyp" });
        await leaver.PostAsync($"videos/{friends}/share");
        var question = await leaver.PostAsync($"videos/{friends}/comments", new { text = $"{leaver.Username} asks" });
        await fan.PostAsync($"videos/{friends}/comments", new { text = "An answer", parentId = question.GetProperty("id").GetString() });
        var half = await leaver.PostAsync("videos/upload/init", new { filename = "half.mp4", filesize = 1_000, durationMs = 3_000 });
        await new BlockBlobClient(new Uri(half.GetProperty("uploadUrl").GetString()!)).StageBlockAsync("AAAA", new MemoryStream([1, 2, 3]));
        var encoding = await leaver.UploadAsync(clip);
        await leaver.UntilAsync(encoding, s => !Person.Is(s, "uploading"));

        // What the scan sees before, it would see after.
        await Eventually(async () =>
        {
            var found = (await service.ScanAsync(leaver.UserId, leaver.Username)).Select(f => f.Split(':')[0]);
            var unseen = Holding.Except(found, StringComparer.Ordinal).ToList();
            return unseen.Count == 0 ? null : $"Nothing is found in {string.Join(", ", unseen)}.";
        });

        var storm = new Storm(leaver, [friend, fan], friends, played);
        var raging = storm.RageAsync();
        await storm.IsRaging;
        var receipt = await leaver.CallAsync(HttpMethod.Delete, "users/me", new { password = Person.Password });
        Assert.Equal(HttpStatusCode.Accepted, receipt.Status);
        var done = await CompletedAsync(fan, receipt.Body.GetProperty("requestId").GetString()!, storm);
        await raging;

        Assert.All(done.GetProperty("found").EnumerateObject(), count => Assert.Equal(0, count.Value.GetInt64()));
        Assert.Contains(HttpStatusCode.Created, storm.Answers);
        Assert.Contains(HttpStatusCode.Unauthorized, storm.Answers);
        await Eventually(async () =>
        {
            if (!await service.IsIdleAsync()) return "there are messages";
            var left = (await service.ScanAsync(leaver.UserId, leaver.Username)).Where(found => !IsMeant(found)).ToList();
            foreach (var video in new[] { played, encoding, half.GetProperty("videoId").GetString()! }) left.AddRange(await service.BlobsOfAsync(video));
            return left.Count == 0 ? null : string.Join('\n', left);
        });
        await Eventually(async () =>
        {
            var video = await fan.CallAsync(HttpMethod.Get, $"videos/{friends}");
            var (hers, his) = (await fan.CallAsync(HttpMethod.Get, $"users/{friend.UserId}"), await friend.CallAsync(HttpMethod.Get, $"users/{fan.UserId}"));
            var counts = (Likes: Count(video.Body, "likeCount"), Comments: Count(video.Body, "commentCount"), Followers: Count(hers.Body, "followersCount"),
                Following: Count(hers.Body, "followingCount"), FansFollowing: Count(his.Body, "followingCount"));
            return counts == (1, storm.CommentsOfOthers + 1, 1, 0, 1) ? null : $"{counts} after {storm.CommentsOfOthers} comments of others";
        });
    }

    /// <summary>That there was an erasure, and that the name is not to be had for a while: without saying whose it was.</summary>
    private static bool IsMeant(string found) =>
        (found.StartsWith("privacyRequests:", StringComparison.Ordinal) && found.Contains("\"erasure\"", StringComparison.Ordinal))
        || (found.StartsWith("usernames:", StringComparison.Ordinal) && found.Contains($"\"{Core.Documents.Account.Erased}\"", StringComparison.Ordinal));

    private static long Count(JsonElement body, string name) => body.GetProperty(name).GetInt64();

    /// <summary>The storm goes on until nothing more is erased, but searched for.</summary>
    private static async Task<JsonElement> CompletedAsync(Person other, string requestId, Storm storm)
    {
        JsonElement body = default;
        await Eventually(async () =>
        {
            (_, body) = await other.CallAsync(HttpMethod.Get, $"privacy-requests/{requestId}");
            var status = body.GetProperty("status").GetString();
            if (status is "verifying" or "completed") storm.Calm();
            return status == "completed" ? null : body.ToString();
        });
        return body;
    }

    /// <param name="findFault">null: all is well.</param>
    private static async Task Eventually(Func<Task<string?>> findFault)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await findFault() is { } fault)
        {
            Assert.False(patience.IsCancellationRequested, fault);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    /// <summary>Everyone comments on and likes everything, the leaver under the friend's video, the others under both.</summary>
    private sealed class Storm(Person leaver, IReadOnlyList<Person> others, string friends, string played)
    {
        private readonly TaskCompletionSource _isRaging = new();
        private readonly ConcurrentQueue<HttpStatusCode> _answers = new();
        private volatile bool _isCalm;
        private int _commentsOfOthers;

        /// <summary>Completes when comments of all are there and more come.</summary>
        public Task IsRaging => _isRaging.Task;

        /// <summary>What the leaver was told.</summary>
        public IReadOnlyCollection<HttpStatusCode> Answers => _answers;

        /// <summary>Those under the friend's video that were taken.</summary>
        public int CommentsOfOthers => _commentsOfOthers;

        public void Calm() => _isCalm = true;

        public Task RageAsync() => Task.WhenAll(Enumerable.Range(0, Loops).Select(async loop =>
        {
            for (var round = 0; round < MostRounds && !_isCalm; round++)
            {
                await Task.WhenAll(others.Select(one => RoundAsync(one, $"{loop}.{round}")).Append(LeaversRoundAsync($"{loop}.{round}")));
                if (round == 2) _isRaging.TrySetResult();
            }
        }));

        private async Task LeaversRoundAsync(string words)
        {
            _answers.Enqueue((await leaver.CallAsync(HttpMethod.Post, $"videos/{friends}/comments", new { text = $"{leaver.Username} says {words}" })).Status);
            _answers.Enqueue((await leaver.CallAsync(HttpMethod.Post, $"videos/{friends}/like")).Status);
        }

        private async Task RoundAsync(Person one, string words)
        {
            var posted = await one.CallAsync(HttpMethod.Post, $"videos/{friends}/comments", new { text = words });
            if (posted.Status == HttpStatusCode.Created) Interlocked.Increment(ref _commentsOfOthers);
            await one.CallAsync(HttpMethod.Post, $"videos/{played}/comments", new { text = words });
            await one.CallAsync(HttpMethod.Post, $"videos/{played}/like");
        }
    }
}
