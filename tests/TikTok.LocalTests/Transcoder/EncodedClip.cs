using System.Globalization;
using System.Text.Json;
using FFMpegCore;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core.Documents;
using TikTok.Transcoder.Encoding;
using TikTok.Transcoder.Hls;
using TikTok.Transcoder.Planning;
using TikTok.Transcoder.Probing;
using TikTok.Transcoder.Publishing;

namespace TikTok.LocalTests.Transcoder;

/// <summary>A clip taken through probe, plan and encoder, with its playlists beside it as they would be published.</summary>
internal sealed class EncodedClip : IDisposable
{
    private static readonly UploadLimits Limits = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    private EncodedClip(string folder, MediaProbe probe, LadderPlan plan, IReadOnlyList<RenditionFile> renditions) =>
        (Folder, Probe, Plan, Renditions) = (folder, probe, plan, renditions);

    public string Folder { get; }
    public MediaProbe Probe { get; }
    public LadderPlan Plan { get; }
    public IReadOnlyList<RenditionFile> Renditions { get; }

    public string Master => Path.Combine(Folder, "master.m3u8");

    public IEnumerable<string> Thumbnails => Enumerable.Range(1, 5).Select(n => EncodeCommand.ThumbnailFile(Folder, n)).Where(File.Exists);

    public static Task<ProbeVerdict> ProbeAsync(string clip, UploadLimits? limits = null) =>
        new Prober(new FFOptions(), limits ?? Limits, TimeProvider.System).ProbeAsync(clip, CancellationToken.None);

    public static async Task<EncodedClip> EncodeAsync(string clip, Action<TimeSpan>? onProgress = null)
    {
        var verdict = await ProbeAsync(clip);
        Assert.Null(verdict.Reason);
        var prober = new Prober(new FFOptions(), Limits, TimeProvider.System);
        var plan = Ladder.Plan(verdict.Probe!) with { HighDynamicRange = await prober.HighDynamicRangeAsync(clip, CancellationToken.None) };
        var folder = Directory.CreateTempSubdirectory("encoded-").FullName;
        var encoder = new Encoder(new FFOptions(), TimeProvider.System, NullLogger<Encoder>.Instance);
        await encoder.EncodeAsync(plan, verdict.Probe!.Rotation, clip, folder, onProgress ?? (_ => { }), CancellationToken.None);
        var renditions = plan.Rungs.Select(r => RenditionFile.Read(EncodeCommand.RenditionFile(folder, r), r, plan.FrameRate)!).ToList();
        foreach (var rendition in renditions)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{rendition.Rendition.Name}.m3u8"), rendition.Playlist);
        }
        var encoded = new EncodedClip(folder, verdict.Probe, plan, renditions);
        await File.WriteAllTextAsync(encoded.Master, MasterPlaylist.Write([.. renditions.Select(r => r.Rendition)]));
        return encoded;
    }

    /// <summary>Decodes every rendition of the master playlist to the end; ffmpeg has nothing to complain about.</summary>
    public async Task AssertDecodesAsync()
    {
        var maps = Enumerable.Range(0, Renditions.Count).SelectMany(i => new[] { "-map", $"0:v:{i}" });
        var result = await Tool.TryAsync("ffmpeg", ["-v", "warning", "-nostdin", "-i", Master, .. maps, "-f", "null", "-"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
    }

    public async Task<IReadOnlyList<double>> KeyframesAsync(RenditionFile rendition) =>
        [.. (await FramesAsync(rendition)).Where(f => f.IsKey).Select(f => f.Time)];

    public async Task<IReadOnlyList<(double Time, bool IsKey)>> FramesAsync(RenditionFile rendition)
    {
        var output = await Tool.RunAsync("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", rendition.File);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
            .Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), p[1].StartsWith('K'))).Order()];
    }

    public static async Task<JsonElement> StreamAsync(string file, string specifier)
    {
        var json = await Tool.RunAsync("ffprobe", "-v", "error", "-select_streams", specifier, "-show_streams", "-of", "json", file);
        using var document = JsonDocument.Parse(json);
        var streams = document.RootElement.GetProperty("streams");
        return streams.GetArrayLength() > 0 ? streams[0].Clone() : default;
    }

    /// <summary>Mean luma of a picture, 0 to 255.</summary>
    public static async Task<double> BrightnessAsync(string picture)
    {
        var output = await Tool.RunAsync(
            "ffmpeg", "-v", "error", "-nostdin", "-i", picture, "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "-f", "null", "-");
        return double.Parse(output[(output.LastIndexOf('=') + 1)..].Trim(), CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
