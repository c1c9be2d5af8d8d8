namespace TikTok.Ranker.Ranking;

/// <summary>
/// What goes into the top, divided by what it depends on. Of the video: the bottom's output, the products of each of its fields (that output is the last) with each
/// of the person's, those of its fields with each other. Of the person alone: the products of their fields with each other.
/// </summary>
internal static class TopInput
{
    /// <summary>A video's fields, with the bottom's output.</summary>
    public const int OwnFields = DlrmShape.VideoFields + 1;

    public const int OfVideo = DlrmShape.EmbeddingSize + (OwnFields * DlrmShape.UserFields) + (OwnFields * (OwnFields - 1) / 2);
    public const int OfUser = DlrmShape.UserFields * (DlrmShape.UserFields - 1) / 2;

    /// <summary>The rows of a matrix of the top, in the order above.</summary>
    public static readonly IReadOnlyList<int> VideoRows =
    [
        .. Enumerable.Range(0, DlrmShape.EmbeddingSize),
        .. from own in Enumerable.Range(DlrmShape.UserFields, OwnFields) from user in Enumerable.Range(0, DlrmShape.UserFields) select RowOf(own, user),
        .. BelowDiagonal(OwnFields).Select(p => RowOf(DlrmShape.UserFields + p.I, DlrmShape.UserFields + p.J)),
    ];

    public static readonly IReadOnlyList<int> UserRows = [.. BelowDiagonal(DlrmShape.UserFields).Select(p => RowOf(p.I, p.J))];

    /// <summary>(1,0) (2,0) (2,1) (3,0) … of n.</summary>
    public static IEnumerable<(int I, int J)> BelowDiagonal(int n) => from i in Enumerable.Range(0, n) from j in Enumerable.Range(0, i) select (i, j);

    private static int RowOf(int i, int j) => DlrmShape.EmbeddingSize + (i * (i - 1) / 2) + j;
}
