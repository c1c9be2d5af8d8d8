using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TikTok.Local.Up.Demo;

/// <summary>
/// Fills an empty service with clips, in the background and through the HTTP API. What is there already is left alone, so it may be cut off anywhere and run again.
/// </summary>
internal sealed class DemoContent(UpOptions options, DataDirectory data, Action<string> report, TimeProvider time)
{
    public static readonly DemoAccount Creator = new("demo", "Demo-Password-1", "Demo");
    public static readonly DemoAccount Friend = new("demo_friend", "Demo-Password-2", "Demo's friend");

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(10);

    private string DonePath => Path.Combine(data.Demo, "done.json");

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var done = ReadDone();
        IReadOnlyList<DemoClip> given = options.Media is { } media ? DemoClip.Given(media) : [];
        var clips = DemoClip.Rendered(data.Demo).Concat(given).Where(clip => !done.Contains(clip.VideoId)).ToList();
        if (clips.Count == 0) return;

        report($"demo: {clips.Count} clips to upload");
        using var creatorHttp = CreateClient();
        using var friendHttp = CreateClient();
        var creator = new DemoApi(creatorHttp, time);
        var friend = new DemoApi(friendHttp, time);
        await creator.SignInAsync(Creator, cancellationToken);
        await friend.SignInAsync(Friend, cancellationToken);

        // Uploads are short and transcoding is long: all go up first, in the order in which they will come out.
        var uploaded = new List<(DemoClip Clip, bool ByFriend)>();
        foreach (var (index, clip) in clips.Index())
        {
            var byFriend = clip.Recipe is not null && index % 3 == 2;
            try
            {
                await UploadAsync(byFriend ? friend : creator, clip, cancellationToken);
            }
            catch (InvalidDataException e)
            {
                report($"demo: {clip.Title}: left out, {e.Message}");
                continue;
            }
            uploaded.Add((clip, byFriend));
            report($"demo: {index + 1} of {clips.Count} uploaded ({clip.Title})");
        }
        foreach (var (index, (clip, byFriend)) in uploaded.Index())
        {
            var (owner, other) = byFriend ? (friend, creator) : (creator, friend);
            var status = await WaitAsync(owner, clip, cancellationToken);
            if (status.Status == "ready") await other.LikeAsync(clip.VideoId, cancellationToken);
            done.Add(clip.VideoId);
            await File.WriteAllTextAsync(DonePath, JsonSerializer.Serialize(done), cancellationToken);
            report(status.Status == "ready"
                ? $"demo: {index + 1} of {clips.Count} ready ({clip.Title})"
                : $"demo: {clip.Title}: {status.Status}{(status.Reason is { } why ? $", {why}" : "")}");
        }
        report("demo: done");
    }

    private HashSet<string> ReadDone() =>
        File.Exists(DonePath) ? JsonSerializer.Deserialize<HashSet<string>>(File.ReadAllText(DonePath)) ?? [] : [];

    private HttpClient CreateClient() => new() { BaseAddress = options.Api, Timeout = TimeSpan.FromMinutes(2) };

    private static async Task UploadAsync(DemoApi api, DemoClip clip, CancellationToken cancellationToken)
    {
        if (await api.StatusAsync(clip.VideoId, cancellationToken) is { Status: not "uploading" }) return;
        if (clip.Recipe is { } recipe && !File.Exists(clip.Path)) await RenderAsync(recipe, clip.Path, cancellationToken);
        await api.UploadAsync(clip, await DurationAsync(clip.Path, cancellationToken), cancellationToken);
    }

    private async Task<(string Status, string? Reason)> WaitAsync(DemoApi api, DemoClip clip, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < ReadyTimeout)
        {
            if (await api.StatusAsync(clip.VideoId, cancellationToken) is not { } status) return ("deleted", null);
            if (status.Status is not ("uploading" or "processing")) return status;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
        return ("processing", $"not ready after {ReadyTimeout.TotalMinutes:0} minutes");
    }

    private static async Task RenderAsync(RenderRecipe recipe, string path, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        await RunAsync("ffmpeg", recipe.Arguments(partial), cancellationToken);
        File.Move(partial, path, overwrite: true);
    }

    private static async Task<long> DurationAsync(string path, CancellationToken cancellationToken)
    {
        var text = await RunAsync("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path], cancellationToken);
        return double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? (long)(seconds * 1000)
            : throw new InvalidDataException($"{path} is no clip: ffprobe tells no duration.");
    }

    /// <summary>Runs a program to its end at low priority; cut off, it dies.</summary>
    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("nice", ["-n", "10", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new InvalidDataException($"{program} failed: {(await error).Trim()}");
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
