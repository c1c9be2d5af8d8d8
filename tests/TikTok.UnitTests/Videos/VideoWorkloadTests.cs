using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Functions.Videos.Processing;
using static TikTok.UnitTests.Videos.VideoScenario;

namespace TikTok.UnitTests.Videos;

public sealed class VideoWorkloadTests
{
    [Fact]
    public void A_life_without_crashes_hands_every_work_over_once()
    {
        var log = new List<VideoWork>();

        Success().Aggregate(Begun(), (video, fact) => fact(video).Drain(log));

        Assert.Equal([VideoWork.Probe, VideoWork.Transcode, VideoWork.Publish, VideoWork.RemoveUpload], log);
    }

    [Fact]
    public void Nothing_is_outstanding_for_an_upload_that_is_only_begun() => Assert.Empty(VideoWorkload.Outstanding(Begun()));

    [Fact]
    public void Crashes_anywhere_lose_no_work_when_the_message_comes_again() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = new Random(seed);
        var log = new List<VideoWork>();
        var stored = Begun();
        foreach (var fact in Success())
        {
            // A message is delivered until one delivery goes all the way: change written, work done piece by piece, work recorded.
            while (true)
            {
                if (random.Next(4) == 0) continue;
                stored = fact(stored);
                if (random.Next(4) == 0) continue;
                var outstanding = VideoWorkload.Outstanding(stored);
                var done = random.Next(4) == 0 ? random.Next(outstanding.Count + 1) : outstanding.Count;
                log.AddRange(outstanding.Take(done));
                if (done < outstanding.Count || random.Next(4) == 0) continue;
                stored = VideoWorkload.Settle(stored, outstanding, Now);
                break;
            }
        }
        return stored.Status == VideoStatus.Ready && VideoWorkload.Outstanding(stored).Count == 0
            && log.Distinct().SequenceEqual([VideoWork.Probe, VideoWork.Transcode, VideoWork.Publish, VideoWork.RemoveUpload]);
    }).QuickCheckThrowOnFailure();
}
