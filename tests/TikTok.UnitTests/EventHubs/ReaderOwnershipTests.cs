using TikTok.Local.EventHubs;

namespace TikTok.UnitTests.EventHubs;

public sealed class ReaderOwnershipTests
{
    private readonly ReaderOwnership _ownership = new();

    [Fact]
    public void A_reader_keeps_what_it_has()
    {
        var first = _ownership.Claim("g", "0", "a", 1);

        Assert.Equal(first, _ownership.Claim("g", "0", "a", 1));
        Assert.False(first!.Value.IsCancellationRequested);
    }

    [Fact]
    public void A_higher_epoch_takes_over_and_a_lower_one_is_refused()
    {
        var first = _ownership.Claim("g", "0", "a", 1)!.Value;

        Assert.NotNull(_ownership.Claim("g", "0", "b", 2));
        Assert.True(first.IsCancellationRequested);
        Assert.Null(_ownership.Claim("g", "0", "a", 1));
    }

    [Fact]
    public void At_the_same_epoch_the_newcomer_wins_and_they_do_not_take_turns()
    {
        var first = _ownership.Claim("g", "0", "a", 0)!.Value;

        Assert.NotNull(_ownership.Claim("g", "0", "b", 0));
        Assert.True(first.IsCancellationRequested);
        Assert.Null(_ownership.Claim("g", "0", "a", 0));
        Assert.NotNull(_ownership.Claim("g", "0", "b", 0));
        Assert.NotNull(_ownership.Claim("g", "0", "a", 1));
    }

    [Fact]
    public void Groups_and_partitions_are_owned_apart()
    {
        var first = _ownership.Claim("g", "0", "a", 0)!.Value;

        Assert.NotNull(_ownership.Claim("h", "0", "b", 0));
        Assert.NotNull(_ownership.Claim("g", "1", "b", 0));
        Assert.False(first.IsCancellationRequested);
    }
}
