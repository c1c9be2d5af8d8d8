using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.People;

namespace TikTok.UnitTests.Ranker.People;

public sealed class WatchedVideosTests
{
    [Fact]
    public void Of_few_videos_each_is_known_and_no_other() => Prop.ForAll(Gen.Choose(1, 1_536).ToArbitrary(), count =>
    {
        var watched = new WatchedVideos();
        for (var i = 0; i < count; i++) watched.Add(Log.Video(i));

        Assert.All(Enumerable.Range(0, count), i => Assert.True(watched.Contains(Log.Video(i))));
        Assert.All(Enumerable.Range(count, 2_000), i => Assert.False(watched.Contains(Log.Video(i))));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void However_many_were_watched_none_of_the_last_ten_thousand_is_missed_and_few_others_are_taken_for_watched()
    {
        const int count = 40_000;
        var watched = new WatchedVideos();
        for (var i = 0; i < count; i++)
        {
            watched.Add(Log.Video(i));
            if (i % 997 != 0) continue;
            for (var last = Math.Max(0, i - 10_000); last <= i; last += 7) Assert.True(watched.Contains(Log.Video(last)));
        }

        var mistaken = Enumerable.Range(count, 50_000).Count(i => watched.Contains(Log.Video(i)));

        Assert.InRange(mistaken / 50_000.0, 0, 0.01);
        Assert.InRange(Enumerable.Range(0, 20_000).Count(i => watched.Contains(Log.Video(i))), 0, 400);
    }

    [Fact]
    public void Watching_the_same_again_takes_no_room_from_others()
    {
        var watched = new WatchedVideos();
        for (var i = 0; i < 1_000; i++) watched.Add(Log.Video(i));
        for (var i = 0; i < 50_000; i++) watched.Add(Log.Video(i % 10));

        Assert.All(Enumerable.Range(0, 1_000), i => Assert.True(watched.Contains(Log.Video(i))));
    }

    [Fact]
    public async Task Readers_never_miss_a_video_while_the_writer_goes_on()
    {
        var watched = new WatchedVideos();
        var written = -1;
        var videos = Enumerable.Range(0, 30_000).Select(Log.Video).ToArray();
        var reading = Task.Run(() =>
        {
            var misses = 0;
            for (var random = new Random(1); Volatile.Read(ref written) < videos.Length - 1;)
            {
                // The writer goes on meanwhile: what was asked for must still have been within what is remembered when the answer came.
                var last = Volatile.Read(ref written);
                if (last < 0 || watched.Contains(videos[random.Next(Math.Max(0, last - 1_000), last + 1)])) continue;
                if (Volatile.Read(ref written) - last < 9_000) misses++;
            }
            return misses;
        });
        for (var i = 0; i < videos.Length; i++)
        {
            watched.Add(videos[i]);
            Volatile.Write(ref written, i);
        }

        Assert.Equal(0, await reading);
    }
}
