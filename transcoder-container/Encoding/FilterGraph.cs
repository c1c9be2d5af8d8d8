using System.Globalization;
using System.Text;
using TikTok.Transcoder.Planning;

namespace TikTok.Transcoder.Encoding;

/// <summary>
/// The filter graph of one decode: frames are brought to the constant rate and the top rung's size once, then each rung is scaled from the next
/// larger one, which costs a fraction of scaling each from the source and looks the same. Outputs are labelled by <see cref="Label"/>.
/// </summary>
internal static class FilterGraph
{
    public const string ThumbnailLabel = "[thumbnails]";

    public static string Label(Rung rung) => $"[v{rung.Name}]";

    /// <param name="thumbnails">Whether a branch with the thumbnails' frames is wanted.</param>
    public static string Ladder(LadderPlan plan, Acceleration acceleration, bool thumbnails = true)
    {
        var onCard = acceleration == Acceleration.Full;
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"[0:V:0]fps=fps={plan.FrameRate.Text}:start_time=0,");
        for (var i = plan.Rungs.Count - 1; i >= 0; i--)
        {
            var rung = plan.Rungs[i];
            var withThumbnails = thumbnails && rung == plan.ThumbnailRung;
            text.Append(Scale(rung, onCard));
            if (i == plan.Rungs.Count - 1) text.Append(ToneMap(plan, onCard));

            List<string> branches = [Label(rung)];
            if (i > 0) branches.Add($"[from{rung.Name}]");
            if (withThumbnails) branches.Add($"[stills{rung.Name}]");
            if (branches.Count > 1) text.Append(CultureInfo.InvariantCulture, $",split={branches.Count}");
            text.AppendJoin("", branches);
            if (withThumbnails) text.Append(CultureInfo.InvariantCulture, $";[stills{rung.Name}]{Stills(plan.Duration, onCard)}{ThumbnailLabel}");
            if (i > 0) text.Append(CultureInfo.InvariantCulture, $";[from{rung.Name}]");
        }
        return text.ToString();
    }

    /// <summary>The thumbnails alone, from a decode of their own.</summary>
    public static string Thumbnails(LadderPlan plan, TimeSpan duration) =>
        $"[0:V:0]{Scale(plan.ThumbnailRung, onCard: false)}{ToneMap(plan, onCard: false)},{Stills(duration, onCard: false)}{ThumbnailLabel}";

    private static string Scale(Rung rung, bool onCard) => onCard
        ? string.Create(CultureInfo.InvariantCulture, $"scale_cuda=w={rung.Width}:h={rung.Height}:interp_algo=bicubic:format=yuv420p")
        : string.Create(CultureInfo.InvariantCulture, $"scale=w={rung.Width}:h={rung.Height}:flags=bicubic,setsar=1");

    /// <summary>
    /// Down to eight bits; from high dynamic range through linear light, with white at 203 cd/m² (ITU-R BT.2408). Done once, after the first scaling,
    /// because it is the dearest filter of all.
    /// </summary>
    private static string ToneMap(LadderPlan plan, bool onCard) => (plan.HighDynamicRange, onCard) switch
    {
        (_, true) => "",
        (null, _) => ",format=yuv420p",
        ({ } transfer, _) => $",zscale=tin={transfer}:pin=bt2020:min=bt2020nc:rin=tv:t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,"
            + "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p",
    };

    /// <summary>The first frame at or after the middle of each fifth of the duration.</summary>
    private static string Stills(TimeSpan duration, bool onCard)
    {
        const int Count = Planning.Ladder.ThumbnailCount;
        var part = duration.TotalSeconds / Count;
        var download = onCard ? ",hwdownload,format=yuv420p" : "";
        return string.Create(CultureInfo.InvariantCulture, $"select='lt(selected_n,{Count})*gte(t,(selected_n+0.5)*{part:0.######})'{download},format=yuvj420p");
    }
}
