using System.Net;
using System.Text;
using TikTok.LocalTests.Transcoder;

namespace TikTok.LocalTests.Service;

/// <summary>The product through its HTTP API alone, on the whole local service.</summary>
[Collection(nameof(ServiceProcess))]
public sealed class ServiceTests(ServiceProcess service, Clips clips) : IClassFixture<Clips>
{
    [Fact]
    public async Task The_printed_walk_goes_through_from_upload_to_nothing_left()
    {
        var clip = await clips.VideoAsync(270, 480, seconds: 3);

        var walk = await Tool.TryAsync("bash", service.Walk, clip);

        Assert.True(walk.ExitCode == 0, $"{walk.Output}\n{walk.Errors}");
        Assert.Contains("walk: all well", walk.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_video_plays_for_its_creator_alone_and_for_all_once_it_is_public()
    {
        using var creator = await Person.RegisterAsync(service.Api);
        using var other = await Person.RegisterAsync(service.Api);
        var id = await creator.UploadAsync(await ClipAsync(), "private");
        var ready = await creator.UntilAsync(id, Person.IsWhole);

        Assert.Equal(HttpStatusCode.NotFound, (await other.CallAsync(HttpMethod.Get, $"videos/{id}")).Status);
        await DecodeAsync(ready.GetProperty("urls").GetProperty("master").GetString()!);

        await creator.CallAsync(HttpMethod.Patch, $"videos/{id}", new { visibility = "public" });
        var seen = await other.UntilAsync(id, s => !s.GetProperty("urls").GetProperty("master").GetString()!.Contains("/playlists/", StringComparison.Ordinal));
        await DecodeAsync(seen.GetProperty("urls").GetProperty("master").GetString()!);
        await UntilAsync(async () => (await service.BlobsOfAsync(id)).All(blob => blob.StartsWith("media/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_that_are_no_video_fail_with_a_reason_and_leave_no_blob()
    {
        using var creator = await Person.RegisterAsync(service.Api);
        foreach (var file in new[] { Encoding.ASCII.GetBytes("This is text in a file named .mp4."), [] })
        {
            var id = await creator.UploadAsync(file);

            var failed = await creator.UntilAsync(id, s => Person.Is(s, "failed"));

            Assert.NotEmpty(failed.GetProperty("reason").GetString()!);
            Assert.Empty(await service.BlobsOfAsync(id));
        }
    }

    [Fact]
    public async Task A_video_deleted_while_it_is_processed_leaves_no_blob()
    {
        using var creator = await Person.RegisterAsync(service.Api);
        var id = await creator.UploadAsync(await ClipAsync());
        await creator.UntilAsync(id, s => Person.Is(s, "processing") || Person.Is(s, "ready"));

        var deleted = await creator.CallAsync(HttpMethod.Delete, $"videos/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await creator.CallAsync(HttpMethod.Get, $"videos/{id}")).Status);

        // The encoder may be at work: what it still writes goes, too.
        await UntilAsync(service.IsIdleAsync);
        Assert.Empty(await service.BlobsOfAsync(id));
    }

    [Fact]
    public async Task The_functions_killed_during_the_processing_lose_nothing()
    {
        using var creator = await Person.RegisterAsync(service.Api);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add(await creator.UploadAsync(await ClipAsync()));

        await creator.UntilAsync(ids[0], s => !Person.Is(s, "uploading"));
        await service.KillAsync("functions");

        foreach (var id in ids)
        {
            await creator.UntilAsync(id, Person.IsWhole);
            await UntilAsync(async () => (await service.BlobsOfAsync(id)).All(blob => blob.StartsWith("media/", StringComparison.Ordinal)));
        }
    }

    private async Task<byte[]> ClipAsync() => await File.ReadAllBytesAsync(await clips.VideoAsync(426, 240, seconds: 3));

    private static async Task DecodeAsync(string playlist)
    {
        var decoded = await Tool.TryAsync("ffmpeg", "-v", "error", "-nostdin", "-i", playlist, "-f", "null", "-");
        Assert.True(decoded.ExitCode == 0 && decoded.Errors.Length == 0, decoded.Errors);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(200, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (patience.IsCancellationRequested) throw new TimeoutException("It did not happen within two minutes.");
        }
    }
}
