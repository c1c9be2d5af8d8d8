using System.Buffers.Binary;
using System.Globalization;

namespace TikTok.LocalTests.Transcoder;

/// <summary>Clips made by ffmpeg on demand, once per test run, in a folder that goes with the fixture.</summary>
public sealed class Clips : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clips-").FullName;
    private readonly SemaphoreSlim _one = new(1);

    public string Folder => _folder;

    /// <summary>A moving test picture, with a tone unless told otherwise.</summary>
    public Task<string> VideoAsync(int width, int height, string rate = "30", double seconds = 5, bool sound = true, string extension = "mp4", string pixelAspect = "1") =>
        MakeAsync($"{width}x{height}-{rate.Replace('/', '_')}-{seconds}-{sound}-{pixelAspect.Replace('/', '_')}.{extension}", file =>
        [
            "-f", "lavfi", "-i", string.Create(CultureInfo.InvariantCulture, $"testsrc2=size={width}x{height}:rate={rate}:duration={seconds},setsar={pixelAspect}"),
            .. sound ? (string[])["-f", "lavfi", "-i", string.Create(CultureInfo.InvariantCulture, $"sine=frequency=440:duration={seconds}"), "-c:a", "aac"] : [],
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", file,
        ]);

    /// <summary>Frames at irregular times: every third one dropped in the first half.</summary>
    public Task<string> VariableRateAsync() => MakeAsync("vfr.mp4", file =>
    [
        "-f", "lavfi", "-i", "testsrc2=size=480x270:rate=30:duration=6",
        "-vf", "select='if(lt(t,3),mod(n,3),1)'", "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file,
    ]);

    /// <summary>As phones record it: hybrid log-gamma, ten bits, wide colours.</summary>
    public Task<string> HighDynamicRangeAsync() => MakeAsync("hlg.mp4", file =>
    [
        "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
        "-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc", file,
    ]);

    /// <summary>Two seconds of pictures, then a hole of an hour, then two more.</summary>
    public Task<string> HoleAsync() => MakeAsync("hole.mkv", file =>
    [
        "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=4,setpts='PTS+if(gt(T,2),3600,0)/TB'",
        "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file,
    ]);

    /// <summary>A short picture under a long sound.</summary>
    public Task<string> SoundOutlastsPictureAsync() => MakeAsync("long-sound.mp4", file =>
    [
        "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30:duration=4", "-f", "lavfi", "-i", "sine=duration=9",
        "-c:a", "aac", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file,
    ]);

    public Task<string> SoundOnlyAsync() => MakeAsync("sound.m4a", file => ["-f", "lavfi", "-i", "sine=duration=5", "-c:a", "aac", file]);

    public Task<string> PictureAsync() => MakeAsync("picture.mp4", file => ["-f", "lavfi", "-i", "testsrc2=size=320x240", "-frames:v", "1", "-c:v", "png", "-f", "image2", file]);

    /// <summary>Landscape as coded, with a matrix in its track header that makes players turn it a quarter clockwise.</summary>
    public async Task<string> RotatedAsync(int width, int height)
    {
        var upright = await VideoAsync(width, height);
        var bytes = await File.ReadAllBytesAsync(upright);
        var matrix = bytes.AsSpan().IndexOf("tkhd"u8) + 4 + 40;
        int[] quarterTurn = [0, 0x10000, 0, -0x10000, 0, 0, height << 16, 0, 0x40000000];
        for (var i = 0; i < quarterTurn.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(matrix + (4 * i)), quarterTurn[i]);
        return await WriteAsync("rotated.mp4", bytes);
    }

    /// <summary>The first <paramref name="share"/> of a clip's bytes.</summary>
    public async Task<string> CutOffAsync(string clip, double share)
    {
        var bytes = await File.ReadAllBytesAsync(clip);
        return await WriteAsync($"cut-{share}-{Path.GetFileName(clip)}", bytes[..(int)(bytes.Length * share)]);
    }

    /// <summary>A clip whose index stands before its media, as it does after most editors.</summary>
    public async Task<string> IndexFirstAsync(string clip) =>
        await MakeAsync($"faststart-{Path.GetFileName(clip)}", file => ["-i", clip, "-c", "copy", "-movflags", "+faststart", file]);

    public async Task<string> WriteAsync(string name, ReadOnlyMemory<byte> bytes)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():n}-{name}");
        await File.WriteAllBytesAsync(file, bytes.ToArray());
        return file;
    }

    public async Task<string> MakeAsync(string name, Func<string, string[]> arguments)
    {
        var file = Path.Combine(_folder, name);
        await _one.WaitAsync();
        try
        {
            if (!File.Exists(file)) await Tool.RunAsync("ffmpeg", ["-v", "error", "-nostdin", .. arguments(file)]);
        }
        finally
        {
            _one.Release();
        }
        return file;
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _one.Dispose();
    }
}
