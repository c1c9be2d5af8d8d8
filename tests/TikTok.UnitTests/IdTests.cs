using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;

namespace TikTok.UnitTests;

public sealed class IdTests
{
    [Fact]
    public void New_ids_are_valid_and_distinct()
    {
        var time = new FakeTime();

        var ids = Enumerable.Range(0, 1_000).Select(_ => Id.New(time)).ToList();

        Assert.All(ids, id => Assert.True(Id.IsValid(id)));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_sort_by_time_of_creation_as_plain_strings() =>
        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt>(), ArbMap.Default.ArbFor<PositiveInt>(), (start, gap) =>
        {
            var time = new FakeTime(DateTimeOffset.UnixEpoch.AddMilliseconds((long)start.Get * 100_000));
            var earlier = Id.New(time);
            time.Advance(TimeSpan.FromMilliseconds(gap.Get));
            return string.CompareOrdinal(earlier, Id.New(time)) < 0;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789012345678901234")]
    [InlineData("0123456789012345678901234x")]
    [InlineData("0123456789ABCDEFGHIJKLMNOP")]
    [InlineData("z1234567890123456789012345")]
    [InlineData("../../../../../etc/passwd1")]
    public void IsValid_refuses_what_is_not_an_id(string? text) => Assert.False(Id.IsValid(text));
}
