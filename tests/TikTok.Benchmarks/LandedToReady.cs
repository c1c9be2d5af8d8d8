using System.Text.Json.Nodes;
using TikTok.Benchmarks.Harness;
using TikTok.Core;
using TikTok.Local.Up.Demo;
using TikTok.Tests.Shared;

namespace TikTok.Benchmarks;

/// <summary>
/// What the whole service adds to ffmpeg: from the commit of an upload's block list until its status is ready, less the time that the transcoder's
/// ffmpeg itself ran for. Triggers, two job processes, the probe, blobs and the fan-in are in it.
/// </summary>
internal static class LandedToReady
{
    private const int Rounds = 3;
    private const double MaxOverheadSeconds = 3;
    private const string FfmpegTook = "ffmpeg took";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(5);

    private sealed record Round(double Total, double Ffmpeg)
    {
        public double Overhead => Total - Ffmpeg;
    }

    /// <param name="clip">A clip that the service accepts.</param>
    /// <param name="duration">How long it plays.</param>
    public static async Task<IReadOnlyList<BenchmarkRow>> MeasureAsync(BenchmarkContext context, string clip, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var service = await UpProcess.StartAsync(
            context.RepositoryRoot, Path.Combine(context.WorkDirectory, "landed"), ["--no-demo"], context.Time, cancellationToken);
        using var http = new HttpClient { BaseAddress = service.Api };
        var api = new DemoApi(http, context.Time);
        await api.SignInAsync(new DemoAccount("ladder", "Ladder-Password-1", "Ladder"), cancellationToken);

        var rounds = new List<Round>();
        for (var number = 1; number <= Rounds; number++)
        {
            var round = await RunAsync(context, service, api, clip, duration, cancellationToken);
            context.Log($"round {number} of {Rounds}: landed to ready {round.Total:0.00} s, ffmpeg {round.Ffmpeg:0.00} s");
            rounds.Add(round);
        }
        var median = rounds.OrderBy(round => round.Overhead).ElementAt(rounds.Count / 2);
        return
        [
            new() { Name = "landed to ready", Value = median.Total, Unit = "s", Peer = "its ffmpeg alone", PeerValue = median.Ffmpeg },
            new() { Name = "overhead beyond ffmpeg", Value = median.Overhead, Unit = "s", Target = Target.Max(MaxOverheadSeconds) },
        ];
    }

    private static async Task<Round> RunAsync(
        BenchmarkContext context, UpProcess service, DemoApi api, string clip, TimeSpan duration, CancellationToken cancellationToken)
    {
        var upload = new DemoClip(Id.New(context.Time), clip, "Ladder", "Landed to ready", Recipe: null);
        await api.LandAsync(upload, (long)duration.TotalMilliseconds, cancellationToken);
        var landed = context.Time.GetTimestamp();
        await api.CompleteAsync(upload, cancellationToken);
        while (true)
        {
            var (status, reason) = await api.StatusAsync(upload.VideoId, cancellationToken) ?? ("gone", null);
            if (status == "ready") break;
            if (status is not ("uploading" or "processing")) throw new InvalidOperationException($"The clip is {status}: {reason}");
            if (context.Time.GetElapsedTime(landed) > ReadyTimeout) throw new TimeoutException("The clip is not ready.");
            await Task.Delay(PollInterval, context.Time, cancellationToken);
        }
        return new Round(context.Time.GetElapsedTime(landed).TotalSeconds, FfmpegSeconds(service, upload.VideoId));
    }

    /// <summary>What the transcoder says in the runner's log: one JSON object per line behind the execution's name.</summary>
    private static double FfmpegSeconds(UpProcess service, string videoId)
    {
        var line = File.ReadLines(Path.Combine(service.Data, "logs", "jobs.log")).LastOrDefault(line =>
            line.Contains(FfmpegTook, StringComparison.Ordinal) && line.Contains(videoId, StringComparison.Ordinal))
            ?? throw new InvalidDataException("The transcoder's log does not say how long ffmpeg took.");
        return (double)JsonNode.Parse(line[line.IndexOf('{')..])!["State"]!["Milliseconds"]! / 1000;
    }
}
