using System.Globalization;
using FFMpegCore;
using FFMpegCore.Enums;
using TikTok.Transcoder.Planning;

namespace TikTok.Transcoder.Encoding;

/// <summary>The one ffmpeg process that makes all renditions and thumbnails of a source.</summary>
internal static class EncodeCommand
{
    /// <summary>Demuxers that an upload may need. Playlists, concatenations, image sequences and devices are not among them.</summary>
    public const string Demuxers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts";

    /// <summary>Pictures beyond this are not decoded, whatever the header says.</summary>
    private const int MaxPixels = 8192 * 8192;

    /// <summary>What every tool that opens an upload is told: no other protocol than a local file, no other format than these.</summary>
    public static string Confinement(string demuxers = Demuxers) => $"-protocol_whitelist file -format_whitelist {demuxers}";

    private const int Quality = 23;
    private const string ThumbnailPattern = "thumb-%d.jpg";

    public static string RenditionFile(string folder, Rung rung) => Path.Combine(folder, $"{rung.Name}.mp4");

    public static string ThumbnailFile(string folder, int number) =>
        Path.Combine(folder, ThumbnailPattern.Replace("%d", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    /// <param name="thumbnails">Whether thumbnails are wanted too.</param>
    public static FFMpegArgumentProcessor Ladder(LadderPlan plan, string source, string folder, Acceleration acceleration, bool thumbnails = true)
    {
        var graph = $"-filter_complex \"{FilterGraph.Ladder(plan, acceleration, thumbnails)}\"";
        var input = Input(source, acceleration, graph);
        return input.MultiOutput(outputs =>
        {
            if (thumbnails) outputs.OutputToFile(Path.Combine(folder, ThumbnailPattern), overwrite: true, Thumbnails);
            foreach (var rung in plan.Rungs)
            {
                outputs.OutputToFile(RenditionFile(folder, rung), overwrite: true, o => Rendition(o, rung, plan, acceleration));
            }
        });
    }

    /// <summary>The thumbnails by themselves, for a source that turned out shorter than it said.</summary>
    public static FFMpegArgumentProcessor Thumbnails(LadderPlan plan, string source, string folder, TimeSpan duration) =>
        Input(source, Acceleration.None, $"-filter_complex \"{FilterGraph.Thumbnails(plan, duration)}\"")
            .OutputToFile(Path.Combine(folder, ThumbnailPattern), overwrite: true, Thumbnails);

    /// <param name="graph">A global option, which may stand anywhere.</param>
    private static FFMpegArguments Input(string source, Acceleration acceleration, string graph) => FFMpegArguments.FromFileInput(source, verifyExists: true, o =>
    {
        o.WithCustomArgument(graph).WithCustomArgument("-nostdin -hide_banner -stats -stats_period 0.5").WithCustomArgument(Confinement())
            .WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-max_pixels {MaxPixels}"));
        if (acceleration == Acceleration.Full) o.WithCustomArgument("-hwaccel cuda -hwaccel_output_format cuda");
    });

    private static void Thumbnails(FFMpegArgumentOptions o) => o
        .WithCustomArgument($"-map {FilterGraph.ThumbnailLabel} -fps_mode passthrough -q:v 4 -map_metadata -1")
        .WithVideoCodec("mjpeg")
        .ForceFormat("image2");

    private static void Rendition(FFMpegArgumentOptions o, Rung rung, LadderPlan plan, Acceleration acceleration)
    {
        o.WithCustomArgument($"-map {FilterGraph.Label(rung)}");
        if (acceleration == Acceleration.None) X264(o);
        else Nvenc(o);
        o.WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-profile:v high -maxrate {rung.MaxRate} -bufsize {rung.BufferSize}"))
            .WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-g {plan.GroupOfPictures} -flags +cgop"))
            // The margin keeps a frame whose time is a rounding error short of the boundary from moving the keyframe to the next.
            .WithCustomArgument($"-force_key_frames \"expr:gte(t+0.001,n_forced*{Planning.Ladder.SegmentSeconds})\"");

        if (plan.HasAudio)
        {
            o.WithCustomArgument("-map 0:a:0 -ac 2 -af aresample=async=1:first_pts=0").WithAudioCodec("aac").WithAudioBitrate(128).WithAudioSamplingRate(48000);
        }

        // A hole in the timestamps of a hostile file would be filled with repeated frames for hours.
        var longest = (plan.Duration * 1.5) + TimeSpan.FromSeconds(10);
        o.WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-t {longest.TotalSeconds:0.###}"));

        // Metadata goes: phones write where the creator was. Fragments begin at keyframes and nowhere else.
        o.WithCustomArgument("-map_metadata -1 -map_chapters -1 -max_muxing_queue_size 4096")
            .WithCustomArgument("-movflags +frag_keyframe+empty_moov+delay_moov+default_base_moof+skip_trailer")
            .ForceFormat("mp4");
    }

    private static void X264(FFMpegArgumentOptions o) => o
        .WithVideoCodec("libx264")
        .WithSpeedPreset(Speed.VeryFast)
        .WithConstantRateFactor(Quality)
        .WithCustomArgument("-sc_threshold 0");

    private static void Nvenc(FFMpegArgumentOptions o) => o
        .WithVideoCodec("h264_nvenc")
        .WithCustomArgument(string.Create(CultureInfo.InvariantCulture, $"-preset p4 -rc vbr -cq {Quality} -b:v 0 -forced-idr 1 -no-scenecut 1 -bf 2"));
}
