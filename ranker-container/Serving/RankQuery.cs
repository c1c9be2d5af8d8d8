using System.Buffers;
using System.Text.Json;
using TikTok.Core.Ranking;
using TikTok.Ranker.Features;

namespace TikTok.Ranker.Serving;

/// <summary>
/// A <see cref="RankRequest"/> as the ranker reads it: ids straight from UTF-8 into <see cref="FeatureId"/>s, because thousands of strings a request would be most of
/// what is allocated. Kept and used again.
/// </summary>
public sealed class RankQuery
{
    private readonly long[] _session = new long[RankRequest.MaxExclude];
    private int _sessionCount;

    public string UserId { get; private set; } = "";

    public int Count { get; private set; }

    public int DeadlineMs { get; private set; }

    /// <summary>The session's videos so far, in the order they were shown.</summary>
    public ReadOnlySpan<long> Session => _session.AsSpan(0, _sessionCount);

    /// <summary>Decides what is left to chance in the answer.</summary>
    public long Seed { get; set; }

    public void Set(string userId, int count, int deadlineMs, ReadOnlySpan<long> session, long seed)
    {
        (UserId, Count, DeadlineMs, Seed) = (userId, count, deadlineMs, seed);
        session.CopyTo(_session);
        _sessionCount = session.Length;
    }

    /// <summary>Reads the body of <c>POST /rank</c>. Members it does not know are passed over, so that a caller may be newer than the ranker.</summary>
    /// <returns>What is wrong with it, in words; null when nothing is.</returns>
    public string? Read(ReadOnlySequence<byte> json)
    {
        (UserId, Count, DeadlineMs, _sessionCount, Seed) = ("", 0, 0, 0, Random.Shared.NextInt64());
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "The body must be a JSON object.";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (ReadMember(ref reader) is { } error) return error;
            }
            if (reader.Read()) return "The body must be one JSON object.";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return "The body is not the JSON that was expected.";
        }
        return this switch
        {
            { UserId: "" } => "userId must be given.",
            { Count: < 1 or > 100 } => "count must be 1 to 100.",
            { DeadlineMs: < 1 or > 1_000 } => "deadlineMs must be 1 to 1000.",
            _ => null,
        };
    }

    private string? ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("userId"u8))
        {
            reader.Read();
            UserId = reader.GetString() ?? "";
        }
        else if (reader.ValueTextEquals("count"u8))
        {
            reader.Read();
            Count = reader.GetInt32();
        }
        else if (reader.ValueTextEquals("deadlineMs"u8))
        {
            reader.Read();
            DeadlineMs = reader.GetInt32();
        }
        else if (reader.ValueTextEquals("exclude"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray) return "exclude must be an array of ids.";
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (_sessionCount == _session.Length) return "exclude must have at most 5,000 ids.";
                _session[_sessionCount++] = reader is { HasValueSequence: false, ValueIsEscaped: false, TokenType: JsonTokenType.String }
                    ? FeatureId.Of(Field.Video, reader.ValueSpan)
                    : FeatureId.Of(Field.Video, reader.GetString());
            }
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
        return null;
    }
}
