using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Online;

/// <summary>How well a head predicted some examples, before it learned from them.</summary>
/// <param name="At">The log's time at the last one, Unix seconds.</param>
/// <param name="Rate">Mean of the labels.</param>
/// <param name="Auc">The probability that an example with a higher label is predicted higher; 0.5 when all labels are the same.</param>
/// <param name="LogLoss">Mean cross-entropy, in nats.</param>
/// <param name="Calibration">Mean prediction ÷ mean label: above 1 it promises too much. Not a number when no label was above 0.</param>
public sealed record HeadQuality(Head Head, uint At, int Examples, double Rate, double Auc, double LogLoss, double Calibration);
