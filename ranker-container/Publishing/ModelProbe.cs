using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Publishing;

/// <summary>Tries a new model on inputs of the kind that it will get, and holds it against the one that serves.</summary>
public sealed class ModelProbe
{
    private const int Videos = 64;

    /// <summary>In log-odds: how far the mean prediction of a head may be from the serving model's. From 5 % to 28 % is 2.</summary>
    private const double MaxShift = 2;

    private readonly RankingInputs _inputs = new(Videos) { Count = Videos };
    private readonly float[] _predictions = new float[Videos * Heads.Count];

    public ModelProbe()
    {
        var random = new Random(1);
        foreach (ref var value in _inputs.UserFields.AsSpan()) value = 0.2f * (random.NextSingle() - 0.5f);
        foreach (ref var value in _inputs.VideoFields) value = 0.2f * (random.NextSingle() - 0.5f);
        foreach (ref var value in _inputs.UserDense.AsSpan()) value = random.NextSingle();
        foreach (ref var value in _inputs.VideoDense) value = random.NextSingle();
        foreach (ref var value in _inputs.CrossDense) value = (2 * random.NextSingle()) - 1;
    }

    /// <param name="serving">null: there is none to compare with.</param>
    /// <returns>Why it must not serve; null when it may.</returns>
    public string? Fault(IRankingModel model, IRankingModel? serving)
    {
        var means = Means(model);
        for (var head = 0; head < Heads.Count; head++)
        {
            if (!double.IsFinite(means[head]) || means[head] is < 0 or > 1) return $"{(Head)head} is predicted as {means[head]}";
        }
        if (_predictions.Any(p => !float.IsFinite(p))) return "a prediction is not a number";
        if (serving is null) return null;
        var before = Means(serving);
        for (var head = 0; head < Heads.Count; head++)
        {
            if (Math.Abs(LogOdds(means[head]) - LogOdds(before[head])) > MaxShift)
                return $"{(Head)head} is {means[head]:F4} in the mean, and {before[head]:F4} by the model that serves";
        }
        return null;
    }

    private double[] Means(IRankingModel model)
    {
        model.Score(_inputs, _predictions);
        return [.. Heads.All.Select(head => Enumerable.Range(0, Videos).Average(i => (double)_predictions[(i * Heads.Count) + (int)head]))];
    }

    private static double LogOdds(double p) => Math.Log(Math.Clamp(p, 1e-6, 1 - 1e-6) / (1 - Math.Clamp(p, 1e-6, 1 - 1e-6)));
}
