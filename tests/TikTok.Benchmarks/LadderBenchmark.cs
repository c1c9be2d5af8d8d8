using System.Diagnostics;
using System.Globalization;
using FFMpegCore;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Benchmarks.Harness;
using TikTok.Transcoder.Encoding;
using TikTok.Transcoder.Hls;
using TikTok.Transcoder.Planning;
using TikTok.Transcoder.Probing;
using TikTok.Transcoder.Publishing;

namespace TikTok.Benchmarks;

/// <summary>
/// The transcoding step (probe, plan, one ffmpeg process, playlists from the finished files) of a 30 s upright full-HD clip against one ffmpeg command
/// line written by hand for the same renditions, playlists and thumbnails, in turn in one run. The command scales from rung to rung as the step does
/// and encodes with the same settings, so that the ratio shows what the step adds and not what it does differently.
/// </summary>
internal sealed class LadderBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const double MaxRatio = 1.1;

    private const string Picture = "testsrc2=size=1080x1920:rate=30:duration=30,hue=H=0.4*t,noise=alls=6:allf=t";

    private const string Filters =
        "[0:v]fps=30,split=2[v1080][a];[a]scale=720:1280:flags=bicubic,split=3[v720][b][stills];[b]scale=480:854:flags=bicubic,split=2[v480][c];"
        + "[c]scale=240:426:flags=bicubic[v240];[stills]select='lt(selected_n,5)*gte(t,(selected_n+0.5)*6)',format=yuvj420p[thumbnails]";

    private sealed record Cost(double Seconds, double ProcessorSeconds);

    private sealed record HandWritten(string Name, int MaxRate);

    private static readonly HandWritten[] Renditions = [new("240", 399_000), new("480", 1_200_000), new("720", 2_800_000), new("1080", 5_000_000)];

    public string Name => "ladder";

    public string Summary => "a 30 s clip into four renditions, against one hand-written ffmpeg command; and landed to ready in the whole service";

    public async Task<IReadOnlyList<BenchmarkRow>> RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        context.Log("making the clip");
        var clip = Path.Combine(context.WorkDirectory, "clip.mp4");
        await RunToolAsync(
            ["-f", "lavfi", "-i", Picture, "-f", "lavfi", "-i", "sine=frequency=330:beep_factor=4:duration=30", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", clip],
            cancellationToken);

        var step = new List<Cost>();
        var command = new List<Cost>();
        var (stepBytes, commandBytes) = (0L, 0L);
        for (var round = 1; round <= Rounds; round++)
        {
            step.Add(await MeasureAsync("step", async folder => stepBytes = await StepAsync(clip, folder, cancellationToken)));
            command.Add(await MeasureAsync("command", async folder =>
            {
                await RunToolAsync(Command(clip, folder), cancellationToken);
                commandBytes = Renditions.Sum(r => new FileInfo(Path.Combine(folder, $"{r.Name}p.mp4")).Length);
            }));
            context.Log($"round {round} of {Rounds}: step {step[^1].Seconds:0.00} s, hand-written command {command[^1].Seconds:0.00} s");
        }

        const string Peer = "one hand-written ffmpeg command";
        return
        [
            new() { Name = "transcode 30 s", Value = Median(step, c => c.Seconds), Unit = "s", Peer = Peer, PeerValue = Median(command, c => c.Seconds), Target = Target.MaxRatio(MaxRatio) },
            new() { Name = "transcode 30 s, fastest", Value = step.Min(c => c.Seconds), Unit = "s", Peer = Peer, PeerValue = command.Min(c => c.Seconds) },
            new() { Name = "processor time", Value = Median(step, c => c.ProcessorSeconds), Unit = "s", Peer = Peer, PeerValue = Median(command, c => c.ProcessorSeconds) },
            new() { Name = "size of the renditions", Value = stepBytes / 1e6, Unit = "MB", Peer = Peer, PeerValue = commandBytes / 1e6 },
            .. await LandedToReady.MeasureAsync(context, clip, TimeSpan.FromSeconds(30), cancellationToken),
        ];

        async Task<Cost> MeasureAsync(string name, Func<string, Task> action)
        {
            var folder = Directory.CreateDirectory(Path.Combine(context.WorkDirectory, name)).FullName;
            var (began, processor) = (context.Time.GetTimestamp(), ProcessorSeconds());
            await action(folder);
            var cost = new Cost(context.Time.GetElapsedTime(began).TotalSeconds, ProcessorSeconds() - processor);
            Directory.Delete(folder, recursive: true);
            return cost;
        }
    }

    /// <returns>Bytes of all renditions.</returns>
    private static async Task<long> StepAsync(string clip, string folder, CancellationToken cancellationToken)
    {
        var limits = new UploadLimits(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));
        var verdict = await new Prober(new FFOptions(), limits, TimeProvider.System).ProbeAsync(clip, cancellationToken);
        var probe = verdict.Probe ?? throw new InvalidOperationException(verdict.Reason);
        var plan = Ladder.Plan(probe);
        var encoder = new Encoder(new FFOptions(), TimeProvider.System, NullLogger<Encoder>.Instance);
        await encoder.EncodeAsync(plan, probe.Rotation, clip, folder, static _ => { }, cancellationToken);
        var files = plan.Rungs.Select(r => RenditionFile.Read(EncodeCommand.RenditionFile(folder, r), r, plan.FrameRate)!).ToList();
        foreach (var file in files) await File.WriteAllTextAsync(Path.Combine(folder, $"{file.Rendition.Name}.m3u8"), file.Playlist, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "master.m3u8"), MasterPlaylist.Write([.. files.Select(f => f.Rendition)]), cancellationToken);
        if (Directory.GetFiles(folder, "*.jpg").Length != Ladder.ThumbnailCount) throw new InvalidOperationException("Thumbnails are missing.");
        return files.Sum(f => f.Rendition.Bytes);
    }

    private static List<string> Command(string clip, string folder)
    {
        List<string> arguments = ["-i", clip, "-filter_complex", Filters];
        arguments.AddRange(["-map", "[thumbnails]", "-fps_mode", "passthrough", "-q:v", "4", Path.Combine(folder, "thumb-%d.jpg")]);
        foreach (var rendition in Renditions)
        {
            arguments.AddRange(
            [
                "-map", $"[v{rendition.Name}]", "-map", "0:a",
                "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23",
                "-maxrate", $"{rendition.MaxRate}", "-bufsize", $"{rendition.MaxRate * 3 / 2}", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0",
                "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000",
                "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_flags", "single_file",
                "-hls_segment_filename", Path.Combine(folder, $"{rendition.Name}p.mp4"), Path.Combine(folder, $"{rendition.Name}p.m3u8"),
            ]);
        }
        return arguments;
    }

    private static async Task RunToolAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        if (process.ExitCode != 0) throw new InvalidOperationException(await errors);
    }

    /// <summary>User and system time of this process and of its children that have ended (proc(5), fields 14 to 17, in hundredths).</summary>
    private static double ProcessorSeconds()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) / 100.0;
    }

    private static double Median(IEnumerable<Cost> costs, Func<Cost, double> value)
    {
        var sorted = costs.Select(value).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
