using System.Buffers;
using System.Text;
using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Ranking;
using TikTok.Ranker.Features;
using TikTok.Ranker.Serving;

namespace TikTok.UnitTests.Ranker.Serving;

public sealed class RankQueryTests
{
    private readonly RankQuery _query = new();

    [Fact]
    public void What_the_functions_send_is_read_whole()
    {
        var ids = Enumerable.Range(0, 5_000).Select(_ => Id.New(TimeProvider.System)).ToList();
        var request = new RankRequest { UserId = "me", Count = 20, DeadlineMs = 50, Exclude = ids };

        var error = _query.Read(new ReadOnlySequence<byte>(JsonSerializer.SerializeToUtf8Bytes(request, CoreJson.Options)));

        Assert.Null(error);
        Assert.Equal(("me", 20, 50), (_query.UserId, _query.Count, _query.DeadlineMs));
        Assert.Equal(ids.Select(id => FeatureId.Of(Field.Video, id)), _query.Session.ToArray());
    }

    [Fact]
    public void A_body_in_pieces_is_read_as_one()
    {
        var json = """{"userId":"me","exclude":["a","b"],"count":3,"deadlineMs":40}"""u8.ToArray();
        var first = new Segment(json.AsMemory(0, 24));
        var last = first.Then(json.AsMemory(24, 10)).Then(json.AsMemory(34));

        var error = _query.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));

        Assert.Null(error);
        Assert.Equal([FeatureId.Of(Field.Video, "a"), FeatureId.Of(Field.Video, "b")], _query.Session.ToArray());
    }

    [Theory]
    [InlineData("""{"count":1,"deadlineMs":50}""", "userId")]
    [InlineData("""{"userId":"me","deadlineMs":50}""", "count")]
    [InlineData("""{"userId":"me","count":101,"deadlineMs":50}""", "count")]
    [InlineData("""{"userId":"me","count":1}""", "deadlineMs")]
    [InlineData("""{"userId":"me","count":1,"deadlineMs":1001}""", "deadlineMs")]
    [InlineData("""{"userId":"me","count":1,"deadlineMs":50,"exclude":"x"}""", "exclude")]
    [InlineData("""{"userId":"me","count":"1","deadlineMs":50}""", "JSON")]
    [InlineData("""{"userId":"me","count":1.5,"deadlineMs":50}""", "JSON")]
    [InlineData("""{"userId":"me","count":1,"deadlineMs":50""", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("", "JSON")]
    public void What_is_wrong_is_named(string json, string named) =>
        Assert.Contains(named, _query.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json))), StringComparison.Ordinal);

    [Fact]
    public void Members_it_does_not_know_are_passed_over() =>
        Assert.Null(_query.Read(new ReadOnlySequence<byte>("""{"userId":"me","later":{"a":[1]},"count":1,"deadlineMs":50}"""u8.ToArray())));

    [Fact]
    public void Too_many_exclusions_are_refused()
    {
        var request = new RankRequest { UserId = "me", Count = 1, DeadlineMs = 50, Exclude = [.. Enumerable.Repeat("x", 5_001)] };

        var error = _query.Read(new ReadOnlySequence<byte>(JsonSerializer.SerializeToUtf8Bytes(request, CoreJson.Options)));

        Assert.Contains("5,000", error, StringComparison.Ordinal);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
