namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>How the same network is written down.</summary>
[Flags]
public enum OnnxForm
{
    /// <summary>For one person, in fp32.</summary>
    Published = 0,

    /// <summary>For several people at once; the input <see cref="OnnxNames.UserOf"/> says which row is whose.</summary>
    ManyUsers = 1,

    /// <summary>Computes in fp16; inputs and outputs stay fp32.</summary>
    HalfPrecision = 2,
}

/// <summary>The model's inputs, its output, and what it says of itself.</summary>
public static class OnnxNames
{
    /// <summary>Users × 64: four embeddings.</summary>
    public const string UserFields = "user_fields";

    /// <summary>Users × 12.</summary>
    public const string UserDense = "user_dense";

    /// <summary>Videos, int32: the row of each one's user. Only in the form for many.</summary>
    public const string UserOf = "user_of";

    /// <summary>Videos × 64: four embeddings.</summary>
    public const string VideoFields = "video_fields";

    /// <summary>Videos × 16.</summary>
    public const string VideoDense = "video_dense";

    /// <summary>Videos × 12.</summary>
    public const string CrossDense = "cross_dense";

    /// <summary>Videos × 7, in the order of <see cref="Head"/>.</summary>
    public const string Predictions = "predictions";

    internal const string VersionKey = "version";
    internal const string ShapeKey = "shape";
}
