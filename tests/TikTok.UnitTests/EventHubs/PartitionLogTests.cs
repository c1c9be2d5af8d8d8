using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.EventHubs;

namespace TikTok.UnitTests.EventHubs;

public sealed class PartitionLogTests : IDisposable
{
    private static readonly PartitionLogOptions Small = new(SegmentBytes: 2000, RetentionTime: TimeSpan.FromHours(1), RetentionBytes: 0);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-partition-");
    private readonly FakeTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Numbers_count_up_and_offsets_grow_over_segments_and_restarts()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var log = Open();
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal((round * 20) + i, await log.AppendAsync([Event(200)], default));
            }
        }

        await using var reopened = Open();
        var events = await ReadAllAsync(reopened);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), events.Select(e => e.SequenceNumber));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i * EventRecord.Size(Event(200))), events.Select(e => e.Offset));
        Assert.True(_directory.GetFiles("*.seg").Length > 3);
        Assert.Equal((0, 59, events[^1].Offset), (reopened.State.BeginningSequenceNumber, reopened.State.LastSequenceNumber, reopened.State.LastOffset));
    }

    [Fact]
    public void Whatever_is_cut_off_the_end_what_is_left_is_a_whole_beginning() =>
        Prop.ForAll(Gen.Choose(0, 4000).ToArbitrary(), async cut =>
        {
            using var scene = new PartitionLogTests();
            return await scene.SurvivesCutAsync(cut);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public async Task A_segment_whose_head_was_not_written_is_taken_for_not_there()
    {
        await using (var log = Open())
        {
            await log.AppendAsync([Event(10)], default);
        }

        await File.WriteAllBytesAsync(Path.Combine(_directory.FullName, "00000000000000000001.seg"), [1, 2, 3]);
        await using var reopened = Open();

        Assert.Equal(1, await reopened.AppendAsync([Event(10)], default));
        Assert.Equal(2, (await ReadAllAsync(reopened)).Count);
    }

    [Fact]
    public async Task Events_past_their_age_go_and_numbers_go_on()
    {
        await using (var log = Open())
        {
            await log.AppendAsync([Event(10), Event(10)], default);
            _time.Advance(TimeSpan.FromMinutes(61));
            await log.ApplyRetentionAsync(default);
            Assert.Equal((2, 1, true), (log.State.BeginningSequenceNumber, log.State.LastSequenceNumber, log.State.IsEmpty));
            Assert.Empty(await ReadAllAsync(log));
        }

        await using var reopened = Open();
        Assert.Equal(2, await reopened.AppendAsync([Event(10)], default));
        Assert.Equal(2, Assert.Single(await ReadAllAsync(reopened)).SequenceNumber);
    }

    [Fact]
    public async Task Events_within_their_age_stay()
    {
        await using var log = Open();
        await log.AppendAsync([Event(10)], default);
        _time.Advance(TimeSpan.FromMinutes(59));

        await log.ApplyRetentionAsync(default);

        Assert.Single(await ReadAllAsync(log));
    }

    [Fact]
    public async Task The_oldest_segments_go_when_there_is_too_much()
    {
        await using var log = Open(Small with { RetentionBytes = 5000 });
        for (var i = 0; i < 50; i++)
        {
            await log.AppendAsync([Event(200)], default);
        }

        await log.ApplyRetentionAsync(default);

        Assert.InRange(_directory.GetFiles("*.seg").Sum(file => file.Length), 1, 5000);
        Assert.Equal(49, (await ReadAllAsync(log))[^1].SequenceNumber);
    }

    [Fact]
    public async Task A_reader_at_the_end_is_woken_by_an_append()
    {
        await using var log = Open();
        var waiting = log.ReadAsync(0, 10, 1 << 20, TimeSpan.FromHours(1), default);
        Assert.False(waiting.IsCompleted);

        await log.AppendAsync([Event(10)], default);

        Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_reader_at_the_end_gets_nothing_when_its_wait_is_over()
    {
        await using var log = Open();
        var waiting = log.ReadAsync(0, 10, 1 << 20, TimeSpan.FromSeconds(5), default);

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Empty(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_read_ends_before_it_grows_past_its_bytes_but_gives_one_event_at_least()
    {
        await using var log = Open(Small with { SegmentBytes = 1 << 20 });
        await log.AppendAsync([Event(500), Event(500), Event(500), Event(500)], default);

        Assert.Equal(2, (await log.ReadAsync(0, 10, 1200, TimeSpan.Zero, default)).Count);
        Assert.Single(await log.ReadAsync(0, 10, 1, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Events_of_one_append_stay_together_under_concurrency()
    {
        await using var log = Open(Small with { SegmentBytes = 50_000 });
        await Task.WhenAll(Enumerable.Range(0, 50).Select(producer =>
            log.AppendAsync([.. Enumerable.Range(0, 10).Select(i => new EventContent(new[] { (byte)producer, (byte)i }))], default)));

        var events = await ReadAllAsync(log);

        Assert.Equal(500, events.Count);
        foreach (var group in events.Chunk(10))
        {
            Assert.Single(group.Select(e => e.Content.Body.Span[0]).Distinct());
            Assert.Equal(Enumerable.Range(0, 10), group.Select(e => (int)e.Content.Body.Span[1]));
        }
    }

    [Fact]
    public async Task A_clock_set_back_does_not_turn_times_around()
    {
        await using var log = Open();
        await log.AppendAsync([Event(10)], default);
        _time.Advance(TimeSpan.FromMinutes(-5));
        await log.AppendAsync([Event(10)], default);

        var times = (await ReadAllAsync(log)).Select(e => e.EnqueuedTime).ToList();

        Assert.Equal(times[0], times[1]);
    }

    private static EventContent Event(int bytes) => new(new byte[bytes]);

    private static async Task<List<LoggedEvent>> ReadAllAsync(PartitionLog log)
    {
        var all = new List<LoggedEvent>();
        var next = 0L;
        while (await log.ReadAsync(next, 7, 1 << 20, TimeSpan.Zero, default) is { Count: > 0 } events)
        {
            all.AddRange(events);
            next = events[^1].SequenceNumber + 1;
        }

        return all;
    }

    private PartitionLog Open(PartitionLogOptions? options = null) => PartitionLog.Open(_directory.FullName, options ?? Small, _time);

    private async Task<bool> SurvivesCutAsync(int cut)
    {
        await using (var log = Open(Small with { SegmentBytes = 1 << 20 }))
        {
            for (var i = 0; i < 20; i++)
            {
                await log.AppendAsync([Event(i * 10)], default);
            }
        }

        var path = Assert.Single(_directory.GetFiles("*.seg")).FullName;
        await using (var file = File.OpenWrite(path))
        {
            file.SetLength(Math.Max(40, file.Length - cut));
        }

        await using var reopened = Open(Small with { SegmentBytes = 1 << 20 });
        var left = await ReadAllAsync(reopened);
        var next = await reopened.AppendAsync([Event(1)], default);
        return next == left.Count
            && left.Select(e => e.SequenceNumber).SequenceEqual(Enumerable.Range(0, left.Count).Select(i => (long)i))
            && left.All(e => e.Content.Body.Length == e.SequenceNumber * 10)
            && (await ReadAllAsync(reopened)).Count == left.Count + 1;
    }
}
