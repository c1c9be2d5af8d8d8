using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Core.Documents;

namespace TikTok.UnitTests.Social;

public sealed class CommentIdTests
{
    private static readonly Gen<int> Sequences = Gen.OneOf(Gen.Choose(0, 12), Gen.Choose(0, CommentId.MaxSequence), Gen.Constant(CommentId.MaxSequence));

    [Fact]
    public void Ordinal_order_is_reading_order()
    {
        var video = Id.New(TimeProvider.System);
        var ids = Gen.Zip(Gen.Choose(0, 50), Sequences).Select(x => (Age: x.Item1, Id: new CommentId(video, ThreadOfAge(x.Item1), x.Item2)));

        Prop.ForAll(Gen.Zip(ids, ids).ToArbitrary(), pair =>
        {
            var ((age, one), (otherAge, other)) = pair;
            var reading = (age, one.Sequence).CompareTo((otherAge, other.Sequence));
            return Math.Sign(string.CompareOrdinal(one.ToString(), other.ToString())) == Math.Sign(reading);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Parse_gives_back_every_id() =>
        Prop.ForAll(Sequences.ToArbitrary(), sequence =>
        {
            var id = CommentId.NewRoot(Id.New(TimeProvider.System), TimeProvider.System) with { Sequence = sequence };
            return CommentId.Parse(id.ToString()) == id;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_accepts_no_text_that_is_not_written_so()
    {
        var letters = Gen.Elements([.. "-.01a:/v '\"%\0"]);
        var id = CommentId.NewRoot(Id.New(TimeProvider.System), TimeProvider.System).Reply(42).ToString();
        var changes = Gen.Zip(Gen.Choose(0, id.Length - 1), letters);

        Prop.ForAll(changes.ToArbitrary(), change =>
        {
            var text = id[..change.Item1] + change.Item2 + id[(change.Item1 + 1)..];
            return CommentId.Parse(text) is not { } parsed || parsed.ToString() == text;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01kakg0000000000000000000a")]
    [InlineData("01kakg0000000000000000000a-")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.1.00000000")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.1.-0000001")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.1.       1")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.2.00000001")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.1.1")]
    [InlineData("01kakg0000000000000000000a-01kakg0000000000000000000b.1.0000001\0")]
    [InlineData("01KAKG0000000000000000000A-01kakg0000000000000000000b")]
    [InlineData("01kakg0000000000000000000a.01kakg0000000000000000000b")]
    public void Parse_refuses_what_is_no_id(string? text) => Assert.Null(CommentId.Parse(text));

    [Fact]
    public void A_reply_to_a_reply_has_the_same_root()
    {
        var root = CommentId.NewRoot(Id.New(TimeProvider.System), TimeProvider.System);

        Assert.Equal(root, root.Reply(3).Root.Reply(4).Root);
        Assert.Equal($"{root}.1.00000004", root.Reply(3).Root.Reply(4).ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(CommentId.MaxSequence + 1)]
    public void Reply_of_a_number_that_there_is_not_is_refused(int sequence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CommentId.NewRoot(Id.New(TimeProvider.System), TimeProvider.System).Reply(sequence));

    /// <summary>Distinct ages give ids in that order.</summary>
    private static string ThreadOfAge(int age) => $"01kakg{age:D20}";
}
