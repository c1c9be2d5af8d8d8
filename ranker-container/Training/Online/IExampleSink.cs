using TikTok.Ranker.Training.Dlrm;

namespace TikTok.Ranker.Training.Online;

/// <summary>Who is taught by the examples that <see cref="ImpressionJoin"/> finds.</summary>
public interface IExampleSink
{
    /// <param name="examples">Where it lies, with labels and weights; until the call returns.</param>
    /// <param name="now">The log's time, Unix seconds.</param>
    void Take(Examples examples, int place, ExampleKind kind, uint now);
}

public enum ExampleKind
{
    /// <summary>An impression as soon as it is known how long it was watched: the heads of finish, watch ratio and skip.</summary>
    Watched,

    /// <summary>The same impression when its window closed: the heads of like, share, comment and follow.</summary>
    Closed,

    /// <summary>An action whose impression was already learned from as one without. Its head alone.</summary>
    Late,
}
