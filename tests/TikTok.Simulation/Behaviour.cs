namespace TikTok.Simulation;

/// <summary>
/// How much of a video somebody watches, and what else they do: functions of how well it matches them, how good it is, and chance.
/// </summary>
/// <remarks>
/// <para>
/// <c>pleasure = Match · match + Quality · quality + Style · style − Foreign − Satiation · sameTopicOfLate + Whim · N(0, 1)</c>. <c>match</c> is the person's interest in the
/// video's two topics (−1 to 1), <c>quality</c> a standard normal, <c>style</c> the inner product of two hidden vectors: what nobody writes into a hashtag, and can only
/// be learned from who watches whom.
/// </para>
/// <para>
/// Leaving within two seconds has the probability σ(SkipSlope · (SkipCentre − pleasure)). The product's requirements say that the average person skips about forty of a hundred
/// videos within two seconds; <see cref="SkipCentre"/> is fitted so that a feed of popular videos comes to that (a feed of random ones to some more). Who stays leaves at a time of
/// a Weibull distribution of shape <see cref="LeavingShape"/>: a hazard that falls with time, as in the retention curves of the ACM Multimedia 2022 short video challenge.
/// </para>
/// <para>
/// Likes, comments and shares together come to about five of a hundred views of popular videos, nine tenths of them likes: of the order that studies of public TikTok
/// accounts report (Socialinsider 2023: 5.4 % of views). Follows have no such source; one in two hundred is assumed. Everything here is a model, and nobody's behaviour.
/// </para>
/// </remarks>
internal static class Behaviour
{
    public const float Match = 1.9f;
    public const float Quality = 0.3f;
    public const float Style = 0.45f;
    public const float Foreign = 0.3f;
    public const float Satiation = 0.12f;
    public const float Whim = 0.6f;

    public const float SkipSlope = 1.7f;
    public const float SkipCentre = -0.15f;
    public const float SkipMs = 2_000;

    /// <summary>Seconds: the scale of the time watched at pleasure 0; it grows e-fold per <c>1 ÷ LeavingSlope</c> of pleasure.</summary>
    public const float LeavingScale = 9;
    public const float LeavingSlope = 0.8f;
    public const float LeavingShape = 0.8f;

    /// <summary>The probability of watching again at pleasure 0, as a logit.</summary>
    public const float Replay = -2.2f;

    /// <summary>Logits at pleasure 0, of those who did not skip, and what a unit of pleasure adds.</summary>
    public const float Like = -3.5f;
    public const float LikeSlope = 0.8f;
    public const float Comment = -6.0f;
    public const float CommentSlope = 0.7f;
    public const float Share = -6.1f;
    public const float ShareSlope = 0.8f;
    public const float Follow = -6.1f;
    public const float FollowSlope = 0.7f;

    /// <summary>The logit of leaving the app after a swipe in an indifferent mood, and what a good mood takes off. Mood is the moving average of pleasure.</summary>
    public const float Leave = -3.0f;
    public const float LeaveSlope = 0.8f;
    public const float MoodMemory = 0.85f;

    /// <summary>Of somebody's favourites a share is new: what they watched lately that was of the same topic weighs as <see cref="Satiation"/> beyond the first two.</summary>
    public const int SatiationWindow = 8;
    public const int SatiationFree = 2;

    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>What comes of a look, given the pleasure.</summary>
    public static Viewing View(ref Noise noise, float pleasure, int lengthMs, float stylePleasure)
    {
        if (noise.Chance(Sigmoid(SkipSlope * (SkipCentre - pleasure))))
            return new Viewing((int)(SkipMs * (0.15f + (0.849f * noise.Uniform()))), pleasure);

        var watched = SkipMs + (1_000 * LeavingScale * MathF.Exp(LeavingSlope * pleasure) * noise.Weibull(LeavingShape));
        if (watched >= lengthMs)
            watched = lengthMs + (noise.Chance(Sigmoid(Replay + pleasure)) ? lengthMs * noise.Uniform() : 0);
        return new Viewing((int)watched, pleasure)
        {
            Liked = noise.Chance(Sigmoid(Like + (LikeSlope * pleasure))),
            Commented = noise.Chance(Sigmoid(Comment + (CommentSlope * pleasure))),
            Shared = noise.Chance(Sigmoid(Share + (ShareSlope * pleasure))),
            Followed = noise.Chance(Sigmoid(Follow + (FollowSlope * (pleasure + stylePleasure)))),
        };
    }
}

/// <summary>One look at one video.</summary>
/// <param name="WatchedMs">Longer than the video when it was watched again.</param>
/// <param name="Pleasure">Latent: for the world's own books, never for a feed.</param>
public readonly record struct Viewing(int WatchedMs, float Pleasure)
{
    public bool Liked { get; init; }

    public bool Commented { get; init; }

    public bool Shared { get; init; }

    /// <summary>The creator.</summary>
    public bool Followed { get; init; }
}
