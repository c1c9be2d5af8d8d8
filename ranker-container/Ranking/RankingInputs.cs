namespace TikTok.Ranker.Ranking;

/// <summary>The model's inputs for one person and some videos, as it reads them: rows one after the other. Kept and used again by the next request.</summary>
public sealed class RankingInputs(int capacity)
{
    private readonly float[] _videoFields = new float[capacity * DlrmShape.VideoFields * DlrmShape.EmbeddingSize];
    private readonly float[] _videoDense = new float[capacity * DlrmShape.VideoDense];
    private readonly float[] _crossDense = new float[capacity * DlrmShape.CrossDense];

    /// <summary>Videos, at most the capacity.</summary>
    public int Count { get; set; }

    public int Capacity => capacity;

    /// <summary><see cref="DlrmShape.UserFields"/> embeddings.</summary>
    public float[] UserFields { get; } = new float[DlrmShape.UserFields * DlrmShape.EmbeddingSize];

    public float[] UserDense { get; } = new float[DlrmShape.UserDense];

    /// <summary>Per video <see cref="DlrmShape.VideoFields"/> embeddings.</summary>
    public Span<float> VideoFields => _videoFields.AsSpan(0, Count * DlrmShape.VideoFields * DlrmShape.EmbeddingSize);

    public Span<float> VideoDense => _videoDense.AsSpan(0, Count * DlrmShape.VideoDense);

    public Span<float> CrossDense => _crossDense.AsSpan(0, Count * DlrmShape.CrossDense);

    /// <summary>The whole arrays behind the spans, for a runtime that pins them once.</summary>
    internal (float[] VideoFields, float[] VideoDense, float[] CrossDense) Arrays => (_videoFields, _videoDense, _crossDense);
}
