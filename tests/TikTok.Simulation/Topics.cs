namespace TikTok.Simulation;

/// <summary>What videos are about. Topics lie in groups; who is fond of one is a little fond of the others of its group.</summary>
internal sealed class Topics
{
    public const int PerGroup = 4;
    private const int TagsEach = 10;
    private const int SoundsEach = 12;

    private static readonly string[] Names =
    [
        "dance", "choreography", "ballet", "hiphop", "cooking", "baking", "streetfood", "coffee", "comedy", "pranks", "standup", "parody",
        "football", "basketball", "running", "climbing", "makeup", "skincare", "hair", "outfits", "cats", "dogs", "horses", "birds",
        "gaming", "coding", "gadgets", "robots", "guitar", "piano", "singing", "beats", "travel", "hiking", "camping", "cities",
        "drawing", "pottery", "woodwork", "knitting",
    ];

    private static readonly string[] General = ["fyp", "viral", "foryou", "trending", "new", "video"];

    private readonly float[] _supply = new float[Names.Length];

    public Topics(ulong seed)
    {
        // Which topics are large differs from world to world: Zipf's law over a random order.
        var noise = Noise.Of(seed, NoiseOf.Topics);
        int[] order = [.. Enumerable.Range(0, Count)];
        for (var i = Count - 1; i > 0; i--)
        {
            var j = noise.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        for (var rank = 0; rank < Count; rank++) _supply[order[rank]] = 1 / MathF.Pow(rank + 3, 0.7f);
        for (var topic = 1; topic < Count; topic++) _supply[topic] += _supply[topic - 1];
    }

    public static int Count => Names.Length;

    public static int GroupOf(int topic) => topic / PerGroup;

    /// <summary>The topic's plainest hashtag: what somebody chooses who is fond of it.</summary>
    public static string NameOf(int topic) => Names[topic];

    /// <summary>By popularity.</summary>
    public int Pick(ref Noise noise) => noise.Pick(_supply);

    /// <summary>The plain one is the commonest; a new one comes up with every week.</summary>
    public static string Tag(int topic, int week, ref Noise noise)
    {
        var number = (int)(TagsEach * noise.Uniform() * noise.Uniform());
        return number == 0 ? Names[topic] : number == TagsEach - 1 ? $"{Names[topic]}week{week}" : $"{Names[topic]}{number}";
    }

    public static string GeneralTag(ref Noise noise) => General[noise.Below(General.Length)];

    /// <summary>One of the topic's few sounds; the first are used the most.</summary>
    public static string Sound(int topic, ref Noise noise) => $"sound-{Names[topic]}-{(int)(SoundsEach * noise.Uniform() * noise.Uniform())}";
}
