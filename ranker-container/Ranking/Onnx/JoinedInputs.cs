using System.Buffers;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>Several people's inputs one after the other, in memory that is lent and given back.</summary>
internal readonly struct JoinedInputs : IDisposable
{
    private const int UserFieldsWidth = DlrmShape.UserFields * DlrmShape.EmbeddingSize;
    private const int VideoFieldsWidth = DlrmShape.VideoFields * DlrmShape.EmbeddingSize;

    public JoinedInputs(IReadOnlyList<RankingInputs> people, int videos)
    {
        UserFields = Rent<float>(people.Count * UserFieldsWidth);
        UserDense = Rent<float>(people.Count * DlrmShape.UserDense);
        UserOf = Rent<int>(videos);
        VideoFields = Rent<float>(videos * VideoFieldsWidth);
        VideoDense = Rent<float>(videos * DlrmShape.VideoDense);
        CrossDense = Rent<float>(videos * DlrmShape.CrossDense);
        var first = 0;
        for (var user = 0; user < people.Count; user++)
        {
            var inputs = people[user];
            inputs.UserFields.CopyTo(UserFields, user * UserFieldsWidth);
            inputs.UserDense.CopyTo(UserDense, user * DlrmShape.UserDense);
            UserOf.AsSpan(first, inputs.Count).Fill(user);
            inputs.VideoFields.CopyTo(VideoFields.AsSpan(first * VideoFieldsWidth));
            inputs.VideoDense.CopyTo(VideoDense.AsSpan(first * DlrmShape.VideoDense));
            inputs.CrossDense.CopyTo(CrossDense.AsSpan(first * DlrmShape.CrossDense));
            first += inputs.Count;
        }
    }

    public float[] UserFields { get; }

    public float[] UserDense { get; }

    public int[] UserOf { get; }

    public float[] VideoFields { get; }

    public float[] VideoDense { get; }

    public float[] CrossDense { get; }

    public void Dispose()
    {
        foreach (var floats in (ReadOnlySpan<float[]>)[UserFields, UserDense, VideoFields, VideoDense, CrossDense]) ArrayPool<float>.Shared.Return(floats);
        ArrayPool<int>.Shared.Return(UserOf);
    }

    private static T[] Rent<T>(int length) => ArrayPool<T>.Shared.Rent(length);
}
