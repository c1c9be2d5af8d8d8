using System.Text;
using TikTok.Core.Documents;
using TikTok.Ranker.Features;

namespace TikTok.Ranker.Retrieval.Towers;

/// <summary>The first words of each video's title and description, by row number. One writer at a time; a reader may see some words of the state before.</summary>
internal sealed class VideoWords
{
    public const int PerVideo = 8;

    private const int ChunkBits = 14;
    private const int ChunkRows = 1 << ChunkBits;
    private const int ShortestWord = 3;
    private const int LongestWord = 32;

    private readonly Lock _growing = new();
    private long[][] _chunks = [];

    /// <summary>Ids, <see cref="FeatureId.None"/> from the last one on.</summary>
    public ReadOnlySpan<long> this[int row]
    {
        get
        {
            var chunks = Volatile.Read(ref _chunks);
            return row >> ChunkBits < chunks.Length ? chunks[row >> ChunkBits].AsSpan((row & (ChunkRows - 1)) * PerVideo, PerVideo) : [];
        }
    }

    public void Set(int row, ReadOnlySpan<long> words)
    {
        lock (_growing)
        {
            while (row >> ChunkBits >= _chunks.Length) Volatile.Write(ref _chunks, [.. _chunks, new long[ChunkRows * PerVideo]]);
        }
        var into = _chunks[row >> ChunkBits].AsSpan((row & (ChunkRows - 1)) * PerVideo, PerVideo);
        words.CopyTo(into);
        into[words.Length..].Clear();
    }

    /// <summary>The words of a document: distinct, folded to lower case, hashtags left out, for they are features of their own.</summary>
    /// <returns>How many.</returns>
    public static int Read(Video video, Span<long> words)
    {
        var count = 0;
        AddWords(video.Title, words, ref count);
        AddWords(video.Description, words, ref count);
        return count;
    }

    private static void AddWords(string text, Span<long> words, ref int count)
    {
        for (var at = 0; at < text.Length && count < words.Length;)
        {
            var start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '\'' or '_')) at++;
            var length = at - start;
            var isHashtag = start > 0 && text[start - 1] == '#';
            at = Math.Max(at, start + 1);
            if (length is < ShortestWord or > LongestWord || isHashtag) continue;

            var word = FeatureId.Of(Field.Word, text.Substring(start, length).Normalize(NormalizationForm.FormC).ToLowerInvariant());
            if (!words[..count].Contains(word)) words[count++] = word;
        }
    }
}
