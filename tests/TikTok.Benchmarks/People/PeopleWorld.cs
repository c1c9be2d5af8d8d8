using System.Diagnostics;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Benchmarks.People;

/// <summary>People who have all swiped through as many videos of a catalogue, each beginning at another place of it; every number follows from a seed.</summary>
internal sealed class PeopleWorld
{
    private const int DurationMs = 15_000;

    private readonly PeopleFold _fold;
    private readonly string[] _videoIds;

    private PeopleWorld(int people, int swipes)
    {
        Swipes = swipes;
        People = new PersonTable(new PersonTableOptions { Capacity = people * 2 }, Videos);
        _fold = new PeopleFold(People, Videos);
        _videoIds = Publish(new Random(1));
        UserIds = [.. Enumerable.Range(0, people).Select(i => Id.Format(new UInt128(2, (ulong)i)))];
    }

    public int Catalogue => 65_536;

    public int Swipes { get; }

    public VideoTable Videos { get; } = new();

    public PersonTable People { get; }

    public IReadOnlyList<string> UserIds { get; }

    /// <summary>Unix seconds.</summary>
    public uint Now { get; private set; }

    public double BytesPerPerson { get; private set; }

    public double SavedPerPerson { get; private set; }

    public double MicrosecondsPerEvent { get; private set; }

    /// <summary>Of a person in the middle of a long session.</summary>
    public long[] Session { get; private set; } = [];

    public static PeopleWorld Of(int people, int swipes)
    {
        var world = new PeopleWorld(people, swipes);
        world.Swipe();
        using var snapshot = new CountingStream();
        world.People.Save(snapshot);
        world.SavedPerPerson = snapshot.Length / (double)people;
        world.Session = [.. Enumerable.Range(0, 200).Select(i => world.Videos[world.VideoOf(0, swipes - 200 + Math.Max(i, 200 - swipes))].Video)];
        return world;
    }

    public PersonView View(int person)
    {
        var view = new PersonView();
        People.TryView(UserIds[person], view, Now);
        view.IsTeen = false;
        return view;
    }

    /// <summary>Which of the person's swipes was at a video, −1 when none was.</summary>
    public int SeenAt(int person, int row)
    {
        // Odd multipliers permute a power of two: this one's inverse undoes VideoOf.
        var swipe = (int)((uint)row * Inverse(Step) % (uint)Catalogue) - First(person);
        if (swipe < 0) swipe += Catalogue;
        return swipe < Swipes ? swipe : -1;
    }

    /// <summary>A full set of unseen candidates of all pools, with predictions.</summary>
    public Candidates Candidates(int person)
    {
        var random = new Random(2);
        var candidates = new Candidates();
        for (var row = 0; row < Catalogue && !candidates.IsFull; row++)
        {
            if (SeenAt(person, row) < 0) candidates.Add(row, (CandidatePools)(1 << random.Next(8)));
        }
        foreach (ref var prediction in candidates.Predictions) prediction = random.NextSingle();
        return candidates;
    }

    private const uint Step = 40_503;

    private static uint Inverse(uint odd)
    {
        var inverse = odd;
        for (var i = 0; i < 5; i++) inverse *= 2 - (odd * inverse);
        return inverse;
    }

    private static int First(int person) => person * 37 % 4_096;

    private int VideoOf(int person, int swipe) => (int)((uint)(First(person) + swipe) * Step % (uint)Catalogue);

    private string[] Publish(Random random)
    {
        var ids = new string[Catalogue];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Id.Format(new UInt128(1, (ulong)i));
            lock (Videos.Writing)
            {
                ref var video = ref Videos.Add(ids[i], FeatureId.Of(Field.Creator, $"creator {Skewed(random, 8_000)}"), out _);
                (video.Flags, video.DurationMs, video.Sound) = (VideoFlags.Listed, DurationMs, FeatureId.Of(Field.Sound, $"sound {Skewed(random, 4_000)}"));
                for (var hashtag = random.Next(VideoHashtags.Capacity + 1) - 1; hashtag >= 0; hashtag--)
                    video.Hashtags[hashtag] = FeatureId.Of(Field.Hashtag, $"hashtag {hashtag}.{Skewed(random, 1_000)}");
            }
        }
        return ids;
    }

    /// <summary>A few are met often, most seldom.</summary>
    private static int Skewed(Random random, int count) => (int)(count * Math.Pow(random.NextDouble(), 3));

    private void Swipe()
    {
        var random = new Random(3);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var at = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var spent = 0L;
        var sequence = 0L;
        for (var swipe = 0; swipe < Swipes; swipe++, at += TimeSpan.FromSeconds(12))
        {
            for (var person = 0; person < UserIds.Count; person++)
            {
                // As the seeds have it: four in ten are left within two seconds.
                var watched = random.NextDouble() < 0.4 ? random.Next(2_000) : random.Next(2_000, 2 * DurationMs);
                var logged = new LoggedInteraction(
                    new Interaction
                    {
                        Id = "",
                        Type = InteractionType.Watch,
                        VideoId = _videoIds[VideoOf(person, swipe)],
                        UserId = UserIds[person],
                        At = at,
                        Watch = new WatchFacts(watched, DurationMs, WatchSource.Fyp),
                    },
                    "0", sequence++, at);
                var start = Stopwatch.GetTimestamp();
                _fold.Apply(logged);
                spent += Stopwatch.GetTimestamp() - start;
            }
        }
        Now = UnixTime.Of(at);
        BytesPerPerson = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)UserIds.Count;
        MicrosecondsPerEvent = spent * 1e6 / Stopwatch.Frequency / sequence;
    }

    /// <summary>Only counts.</summary>
    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
