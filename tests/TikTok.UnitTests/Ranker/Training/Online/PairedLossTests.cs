using TikTok.Ranker.Training.Online;

namespace TikTok.UnitTests.Ranker.Training.Online;

public sealed class PairedLossTests
{
    [Fact]
    public void What_chance_explains_is_not_worse_and_what_it_does_not_is()
    {
        var random = new Random(1);
        var (same, worse, scattered) = (new PairedLoss(), new PairedLoss(), new PairedLoss());
        for (var i = 0; i < 300; i++)
        {
            var loss = random.NextDouble();
            same.Add(loss + (0.1 * (random.NextDouble() - 0.5)), loss);
            worse.Add(loss + (0.2 * random.NextDouble()), loss);

            // Ten percent more in the mean, all of it of two examples.
            scattered.Add(loss + (i % 150 == 0 ? 7.5 : 0), loss);
        }

        Assert.False(same.IsWorse(0.05));
        Assert.True(worse.IsWorse(0.05));
        Assert.False(worse.IsWorse(0.5));
        Assert.False(scattered.IsWorse(0.05));
    }

    [Fact]
    public void Of_no_examples_nothing_is_said() => Assert.False(new PairedLoss().IsWorse(0));
}
