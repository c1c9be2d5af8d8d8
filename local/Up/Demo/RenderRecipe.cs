using System.Globalization;

namespace TikTok.Local.Up.Demo;

/// <summary>How ffmpeg draws a demo clip out of nothing: a moving picture and a sound, each unlike the others.</summary>
/// <param name="Name">Of the file, and a hashtag.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Seconds">5 to 15.</param>
/// <param name="Video">A lavfi graph without size, for which <c>{s}</c> stands.</param>
/// <param name="Audio">A lavfi graph.</param>
public sealed record RenderRecipe(string Name, string Title, int Width, int Height, int Seconds, string Video, string Audio)
{
    public static readonly IReadOnlyList<RenderRecipe> All =
    [
        new("timer", "A test card that counts", 720, 1280, 8,
            "testsrc2=s={s}:r=30", "sine=f=440:beep_factor=4"),
        new("gradients", "Colours that turn", 720, 1280, 10,
            "gradients=s={s}:r=30:c0=0xff0050:c1=0x00f2ea:c2=0x2020a0:nb_colors=3:speed=0.03", "aevalsrc=0.3*sin(2*PI*t*(220+110*sin(t)))"),
        new("mandelbrot", "Falling into a fractal", 720, 1280, 7,
            "mandelbrot=s=360x640:r=24:maxiter=400:end_scale=0.02:end_pts=200,scale={s}", "aevalsrc=0.2*sin(2*PI*110*t)+0.2*sin(2*PI*165*t)*sin(3*t)"),
        new("life", "A garden of cells", 640, 480, 9,
            "life=s=160x120:mold=12:r=24:ratio=0.25:death_color=0x203010:life_color=0x80ff60,scale={s}:flags=neighbor", "anoisesrc=c=pink:a=0.2,tremolo=f=3:d=0.8"),
        new("bars", "Bars on the move", 1280, 720, 6,
            "smptehdbars=s={s}:r=30,scroll=h=0.004", "sine=f=1000"),
        new("triangles", "Triangles without end", 1080, 1080, 6,
            "sierpinski=s={s}:r=30:type=triangle:jump=30,hue=h=t*40:s=3", "aevalsrc=0.25*sin(2*PI*t*330)*(1-mod(t\\,0.5)*2)"),
        new("spectrum", "A wheel of hues", 1280, 720, 11,
            "testsrc=s=640x360:r=24,hue=h=t*90,rotate=a=t/2:fillcolor=0x101018,scale={s}", "aevalsrc=0.25*sin(2*PI*t*(200+mod(floor(t*2)*50\\,400)))"),
        new("weave", "A rule that weaves", 480, 854, 15,
            "cellauto=s=240x427:rule=110:r=30:scroll=1,scale={s}:flags=neighbor,negate,hue=h=200+t*10:s=2", "anoisesrc=c=brown:a=0.4,apulsator=hz=0.5"),
    ];

    /// <summary>ffmpeg's arguments. Written under another name first by the caller: a half-written file must not pass for a clip.</summary>
    public IReadOnlyList<string> Arguments(string output)
    {
        var seconds = Seconds.ToString(CultureInfo.InvariantCulture);
        return
        [
            "-v", "error", "-nostdin", "-y",
            "-f", "lavfi", "-i", Video.Replace("{s}", string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}"), StringComparison.Ordinal),
            "-f", "lavfi", "-i", Audio,
            "-t", seconds, "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-pix_fmt", "yuv420p",
            "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "44100", "-movflags", "+faststart", "-f", "mp4", output,
        ];
    }
}
