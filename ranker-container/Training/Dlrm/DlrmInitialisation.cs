using TikTok.Ranker.Ranking;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>
/// The weights that training begins with: normal with the variance 2 ÷ inputs (He and others, 2015), none for the hour of the day, and for each head the bias by which it predicts what happens
/// on average, so that the first hours are not spent on learning that likes are rare.
/// </summary>
public static class DlrmInitialisation
{
    public static void Fill(DlrmWeights weights, int seed)
    {
        var random = new Random(seed);
        foreach (var tensor in weights.Tensors)
        {
            var deviation = tensor.Rows == 1 ? 0 : Math.Sqrt(2.0 / Inputs(weights, tensor));
            for (var i = 0; i < tensor.Values.Length; i++) tensor.Values[i] = (float)(Normal(random) * deviation);
        }

        // What the hour means nobody knows, and one hour is all that a model sees at a time: begun at random, the prediction swings with the clock for weeks.
        foreach (var feature in (ReadOnlySpan<UserFeature>)[UserFeature.HourSine, UserFeature.HourCosine])
            weights.BottomUser.Values.AsSpan((int)feature * weights.BottomUser.Columns, weights.BottomUser.Columns).Clear();
        for (var head = 0; head < Heads.Count; head++)
        {
            var average = AverageOf((Head)head);
            weights.Tower2[head].Bias.Values[0] = MathF.Log(average / (1 - average));
        }
    }

    /// <summary>What a head's label is on average, before anything is known.</summary>
    public static float AverageOf(Head head) => head switch
    {
        Head.Finish => Smoothed.Finish,
        Head.WatchRatio => Smoothed.WatchRatio / Swipe.MaxRatio,
        Head.Like => Smoothed.Like,
        Head.Share => Smoothed.Share,
        Head.Comment => Smoothed.Comment,
        Head.Follow => Smoothed.Follow,
        Head.Skip => Smoothed.Skip,
        _ => throw new ArgumentOutOfRangeException(nameof(head)),
    };

    /// <summary>The three parts of the first layer are one matrix.</summary>
    private static int Inputs(DlrmWeights weights, DlrmTensor tensor) =>
        tensor == weights.BottomUser || tensor == weights.BottomVideo || tensor == weights.BottomCross
            ? DlrmShape.UserDense + DlrmShape.VideoDense + DlrmShape.CrossDense
            : tensor.Rows;

    /// <summary>Box and Muller, 1958.</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
