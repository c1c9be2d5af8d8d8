namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>The model's inputs, its output, and what it says of itself.</summary>
public static class OnnxNames
{
    /// <summary>Users × 64: four embeddings.</summary>
    public const string UserFields = "user_fields";

    /// <summary>Users × 12.</summary>
    public const string UserDense = "user_dense";

    /// <summary>Videos, int32: the row of each one's user.</summary>
    public const string UserOf = "user_of";

    /// <summary>Videos × 64: four embeddings.</summary>
    public const string VideoFields = "video_fields";

    /// <summary>Videos × 16.</summary>
    public const string VideoDense = "video_dense";

    /// <summary>Videos × 12.</summary>
    public const string CrossDense = "cross_dense";

    /// <summary>Videos × 7, in the order of <see cref="Head"/>.</summary>
    public const string Predictions = "predictions";

    internal const string ShapeKey = "shape";
}
