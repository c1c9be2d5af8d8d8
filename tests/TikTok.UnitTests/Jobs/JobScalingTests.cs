using TikTok.Local.Jobs;

namespace TikTok.UnitTests.Jobs;

public sealed class JobScalingTests
{
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

    [Fact]
    public void An_empty_queue_starts_nothing() => Assert.Equal(0, JobScaling.ToStart(0, [Old], 2));

    [Fact]
    public void As_many_start_as_wait_up_to_the_maximum() => Assert.Equal((1, 2), (JobScaling.ToStart(1, [], 2), JobScaling.ToStart(9, [], 2)));

    [Fact]
    public void Those_that_run_take_places() => Assert.Equal((1, 0), (JobScaling.ToStart(9, [Old], 2), JobScaling.ToStart(9, [Old, Old], 2)));

    [Fact]
    public void One_that_has_only_just_started_is_counted_on_to_take_a_message() => Assert.Equal(0, JobScaling.ToStart(1, [Young], 2));

    [Fact]
    public void A_program_that_fails_at_once_is_started_less_and_less_often() =>
        Assert.Equal([0, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 8).Select(failures => JobScaling.PauseAfter(failures).TotalSeconds));
}
