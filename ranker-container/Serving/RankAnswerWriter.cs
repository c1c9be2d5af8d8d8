using System.Buffers;
using System.Text.Json;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Serving;

/// <summary>Writes a <see cref="Core.Ranking.RankResponse"/> without building one.</summary>
public static class RankAnswerWriter
{
    public static void Write(IBufferWriter<byte> into, RequestBuffers buffers, VideoTable videos)
    {
        using var json = new Utf8JsonWriter(into);
        var answer = buffers.Answer;
        Begin(json);
        foreach (var pick in answer.Picks)
            WriteVideo(json, videos, buffers.Candidates.Rows[pick.Candidate], CandidatePoolNames.Of(buffers.Candidates.Pools[pick.Candidate]), pick.Value);
        End(json, answer.Ranker, answer.Degradations, answer.ModelVersion, buffers.Settings.Arms);
    }

    public static void WriteStatic(IBufferWriter<byte> into, ReadOnlySpan<int> rows, Degradations degradations, VideoTable videos)
    {
        using var json = new Utf8JsonWriter(into);
        Begin(json);
        for (var i = 0; i < rows.Length; i++) WriteVideo(json, videos, rows[i], CandidatePoolNames.Of(CandidatePools.Trending), rows.Length - i);
        End(json, "static", degradations, modelVersion: 0, RankingSettings.Default.Arms);
    }

    private static void Begin(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("items"u8);
    }

    private static void WriteVideo(Utf8JsonWriter json, VideoTable videos, int row, string pool, float score)
    {
        json.WriteStartObject();
        json.WriteString("videoId"u8, videos.IdOf(row));
        json.WriteString("pool"u8, pool);
        json.WriteNumber("score"u8, score);
        json.WriteEndObject();
    }

    private static void End(Utf8JsonWriter json, string ranker, Degradations degradations, long modelVersion, IReadOnlyDictionary<string, string> arms)
    {
        json.WriteEndArray();
        json.WriteString("ranker"u8, ranker);
        json.WriteStartArray("degradations"u8);
        foreach (var name in degradations) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartObject("arms"u8);
        foreach (var (experiment, arm) in arms) json.WriteString(experiment, arm);
        json.WriteEndObject();
        json.WriteNumber("modelVersion"u8, modelVersion);
        json.WriteEndObject();
        json.Flush();
    }
}
