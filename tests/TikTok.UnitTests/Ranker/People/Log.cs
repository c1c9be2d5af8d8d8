using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.People;

/// <summary>A table of people with its videos, told of events one after the other.</summary>
internal sealed class Log
{
    private readonly PeopleFold _fold;
    private long _sequenceNumber;

    public Log(PersonTableOptions? options = null)
    {
        People = new PersonTable(options ?? new PersonTableOptions(), Videos);
        _fold = new PeopleFold(People, Videos);
    }

    public static DateTimeOffset Start { get; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public VideoTable Videos { get; } = new();

    public PersonTable People { get; }

    public DateTimeOffset Now { get; set; } = Start;

    public uint NowSeconds => Seconds(Now);

    public static uint Seconds(DateTimeOffset at) => (uint)at.ToUnixTimeSeconds();

    /// <summary>An id of a video, always the same for a number.</summary>
    public static string VideoId(int number) => Id.Format(new UInt128(1, (ulong)number));

    public static long Video(int number) => FeatureId.Of(Field.Video, VideoId(number));

    public static long Creator(string userId) => FeatureId.Of(Field.Creator, userId);

    public static long Hashtag(string text) => FeatureId.Of(Field.Hashtag, text);

    public void Publish(int number, string creator, string? sound = null, params ReadOnlySpan<string> hashtags)
    {
        ref var row = ref Videos.Add(VideoId(number), Creator(creator), out _);
        (row.Sound, row.DurationMs, row.Flags) = (FeatureId.Of(Field.Sound, sound), 10_000, VideoFlags.Listed);
        for (var i = 0; i < hashtags.Length; i++) row.Hashtags[i] = Hashtag(hashtags[i]);
    }

    public void Watch(string userId, int video, long ms = 10_000, DateTimeOffset? at = null) =>
        Tell(userId, InteractionType.Watch, video, at, new WatchFacts(ms, 10_000, WatchSource.Fyp));

    public void Tell(string userId, InteractionType type, int video, DateTimeOffset? at = null, WatchFacts? watch = null) =>
        Apply(new Interaction { Id = $"{_sequenceNumber}", Type = type, VideoId = VideoId(video), UserId = userId, At = at ?? Now, Watch = watch });

    public void Tell(string userId, InteractionType type, string target) =>
        Apply(new Interaction { Id = $"{_sequenceNumber}", Type = type, TargetUserId = target, UserId = userId, At = Now });

    public PersonView View(string userId)
    {
        var view = new PersonView();
        People.TryView(userId, view, NowSeconds);
        return view;
    }

    private void Apply(Interaction interaction) => _fold.Apply(new LoggedInteraction(interaction, "0", _sequenceNumber++, interaction.At));
}
