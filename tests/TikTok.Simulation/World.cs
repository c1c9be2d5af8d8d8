using System.Numerics.Tensors;
using TikTok.Core.Documents;
using TikTok.Core.Storage;

namespace TikTok.Simulation;

/// <summary>
/// A simulated world: people with hidden, drifting tastes, creators, and videos. It answers one question, what a person does with a video (<see cref="SwipeSession"/>), and
/// writes down what the product would know: documents and accounts. Nothing else leaves it.
/// </summary>
/// <remarks>Deterministic: two worlds of the same options that lived the same days are the same, whatever was watched in them.</remarks>
public sealed class World
{
    private const int StyleDimensions = 6;
    private static readonly (string Country, float Share)[] Countries = [("DE", 0.4f), ("FR", 0.25f), ("ES", 0.2f), ("JP", 0.15f)];

    private readonly Topics _topics;
    private readonly IdSource _ids;
    private readonly float[] _fashion = new float[Topics.Count];
    private readonly List<Person> _people = [];
    private readonly List<Creator> _creators = [];
    private readonly List<Clip> _clips = [];
    private readonly Dictionary<string, Clip> _byId = new(StringComparer.Ordinal);
    private float[] _uploaders = [];
    private int _day;

    public World(WorldOptions options)
    {
        Options = options;
        _topics = new Topics(options.Seed);
        _ids = new IdSource(options.Seed);
        var founded = options.Start.AddDays(-options.CatalogueDays);
        for (var i = 0; i < options.Creators; i++) AddCreator(founded);
        CountUploaders();
        for (var i = 0; i < options.People; i++) Join(options.Start, takesQuiz: i % 2 == 0);
        for (var i = 0; i < options.Videos; i++) Upload(founded.AddDays(options.CatalogueDays * (double)i / options.Videos));
    }

    public WorldOptions Options { get; }

    public IReadOnlyList<Person> People => _people;

    public IReadOnlyList<Creator> Creators => _creators;

    /// <summary>In the order of publication.</summary>
    public IReadOnlyList<Clip> Clips => _clips;

    public DateTimeOffset Today => Options.Start.AddDays(_day);

    /// <exception cref="KeyNotFoundException">There is no such video.</exception>
    public Clip Find(string videoId) => _byId[videoId];

    /// <summary>A day passes: tastes and fashions drift, creators join, videos are uploaded.</summary>
    /// <returns>The new day's videos.</returns>
    public IReadOnlyList<Clip> NextDay()
    {
        var known = _clips.Count;
        _day++;
        var noise = Noise.Of(Options.Seed, NoiseOf.WorldDay, _day);
        for (var topic = 0; topic < _fashion.Length; topic++) _fashion[topic] = Math.Clamp((0.95f * _fashion[topic]) + (Options.Fashion * noise.Normal()), -0.5f, 0.5f);
        foreach (var person in _people) Drift(person);
        for (var i = 0; i < Share(Options.Creators, Options.NewCreators); i++) AddCreator(Today);
        CountUploaders();
        var uploads = Share(Options.Videos, Options.Uploads);
        for (var i = 0; i < uploads; i++) Upload(Today.AddDays((double)i / uploads));
        return [.. _clips.Skip(known)];

        static int Share(int count, float share) => (int)MathF.Round(count * share);
    }

    /// <summary>Somebody new. Who takes the quiz names two or three of their favourite topics, and sometimes one that they only think they like.</summary>
    public Person Join(DateTimeOffset at, bool takesQuiz)
    {
        var number = _people.Count;
        var noise = Noise.Of(Options.Seed, NoiseOf.Person, number);
        var favourites = new int[3 + noise.Below(3)];
        var interests = new float[Topics.Count];
        for (var topic = 0; topic < interests.Length; topic++) interests[topic] = Math.Clamp(-0.35f + (0.25f * noise.Normal()), -1, 0.3f);
        for (var i = 0; i < favourites.Length; i++) favourites[i] = Befriend(interests, ref noise);
        List<string> chosen = [.. favourites.Take(2 + noise.Below(2)).Select(Topics.NameOf)];
        if (noise.Chance(0.25f)) chosen[^1] = Topics.NameOf(_topics.Pick(ref noise));
        var birth = DateOnly.FromDateTime(at.UtcDateTime).AddDays(-(int)(365.25 * (18 + (30 * noise.Uniform() * noise.Uniform()))));
        var profile = new Profile(_ids.Next(at), PickCountry(ref noise), birth, takesQuiz ? [.. chosen.Distinct(StringComparer.Ordinal)] : []);
        var person = new Person(number, profile, Options.SessionsPerDay * MathF.Exp((0.6f * noise.Normal()) - 0.18f), interests, NewStyle(ref noise), favourites);
        _people.Add(person);
        return person;
    }

    /// <summary>All at once somebody is fond of other topics, and tired of those they were fond of.</summary>
    public void ChangeTaste(Person person)
    {
        var noise = Noise.Of(Options.Seed, NoiseOf.TasteChange, person.Number, ++person.TasteChanges);
        foreach (var favourite in person.Favourites) person.Interests[favourite] = Indifferent(ref noise);
        for (var topic = 0; topic < person.Interests.Length; topic++) person.Interests[topic] = MathF.Min(person.Interests[topic], 0);
        for (var i = 0; i < person.Favourites.Length; i++) person.Favourites[i] = Befriend(person.Interests, ref noise, person.Favourites);
    }

    /// <summary>When a person opens the app on the present day.</summary>
    public IEnumerable<DateTimeOffset> SessionsToday(Person person)
    {
        var noise = Noise.Of(Options.Seed, NoiseOf.Session, person.Number, _day);
        var count = (int)person.Activity + (noise.Chance(person.Activity - (int)person.Activity) ? 1 : 0);
        for (var i = 0; i < count; i++) yield return Today.AddHours(23 * noise.Uniform());
    }

    /// <summary>What watching it is worth to them, but for whims and satiation; and of that, the style.</summary>
    internal (float Pleasure, float Style) Pleasure(Person person, Clip clip)
    {
        var style = Behaviour.Style * TensorPrimitives.Dot<float>(person.Style, clip.Style);
        var match = (clip.Share * Interest(person, clip.Topic)) + ((1 - clip.Share) * Interest(person, clip.OtherTopic));
        var foreign = string.Equals(person.Profile.Country, clip.Creator.Country, StringComparison.Ordinal) ? 0 : Behaviour.Foreign;
        return ((Behaviour.Match * match) + (Behaviour.Quality * clip.Quality) + style - foreign, style);
    }

    private float Interest(Person person, int topic) => person.Interests[topic] + _fashion[topic];

    private void Drift(Person person)
    {
        var noise = Noise.Of(Options.Seed, NoiseOf.PersonDay, person.Number, _day);
        foreach (ref var interest in person.Interests.AsSpan()) interest = Math.Clamp(interest + (Options.Drift * noise.Normal()), -1, 1);
        if (!noise.Chance(Options.NewFavourite)) return;
        ref var favourite = ref person.Favourites[noise.Below(person.Favourites.Length)];
        person.Interests[favourite] = Indifferent(ref noise);
        favourite = Befriend(person.Interests, ref noise);
    }

    /// <summary>Makes a topic a favourite, and its neighbours a little liked.</summary>
    private int Befriend(float[] interests, ref Noise noise, ReadOnlySpan<int> except = default)
    {
        var topic = _topics.Pick(ref noise);
        while (interests[topic] > 0.5f || except.Contains(topic)) topic = _topics.Pick(ref noise);
        interests[topic] = 0.6f + (0.4f * noise.Uniform());
        var group = Topics.GroupOf(topic) * Topics.PerGroup;
        for (var other = group; other < group + Topics.PerGroup; other++)
        {
            if (other != topic) interests[other] = MathF.Min(MathF.Max(interests[other], 0) + (0.2f * noise.Uniform()), 0.9f);
        }
        return topic;
    }

    private static float Indifferent(ref Noise noise) => -0.35f + (0.2f * noise.Normal());

    private void AddCreator(DateTimeOffset at)
    {
        var noise = Noise.Of(Options.Seed, NoiseOf.Creator, _creators.Count);
        var topic = _topics.Pick(ref noise);
        var neighbour = (Topics.GroupOf(topic) * Topics.PerGroup) + noise.Below(Topics.PerGroup);
        _creators.Add(new Creator(
            _creators.Count, _ids.Next(at), at, PickCountry(ref noise), topic, neighbour == topic ? _topics.Pick(ref noise) : neighbour, noise.Normal(), NewStyle(ref noise),
            MathF.Exp(0.8f * noise.Normal())));
    }

    private void CountUploaders()
    {
        var sum = 0f;
        _uploaders = [.. _creators.Select(c => sum += c.Activity)];
    }

    private void Upload(DateTimeOffset at)
    {
        var noise = Noise.Of(Options.Seed, NoiseOf.Clip, _clips.Count);
        var creator = _creators[noise.Pick(_uploaders)];
        var (topic, other) = noise.Chance(0.75f) ? (creator.Topic, creator.OtherTopic) : (creator.OtherTopic, creator.Topic);
        if (noise.Chance(0.1f)) topic = _topics.Pick(ref noise);
        var quality = (0.6f * creator.Quality) + (0.8f * noise.Normal());
        var style = NewStyle(ref noise);
        for (var i = 0; i < style.Length; i++) style[i] = (0.85f * creator.Style[i]) + (0.5f * style[i]);
        var lengthMs = (int)Math.Clamp(15_000 * MathF.Exp(0.6f * noise.Normal()), 5_000, 90_000);
        var clip = new Clip(_clips.Count, Document(creator, topic, other, lengthMs, at, ref noise), creator, topic, other, 0.65f + (0.3f * noise.Uniform()), quality, style, lengthMs);
        _clips.Add(clip);
        _byId.Add(clip.Document.VideoId, clip);
    }

    /// <summary>As the pipeline leaves a video when it is published. Hashtags and sound tell of the topic, roughly: some say nothing, some mislead.</summary>
    private Video Document(Creator creator, int topic, int other, int lengthMs, DateTimeOffset at, ref Noise noise)
    {
        var week = (int)((at - Options.Start).TotalDays / 7) + 10;
        var hashtags = new List<string>();
        for (var i = 1 + noise.Below(3); i > 0; i--)
        {
            var chance = noise.Uniform();
            hashtags.Add(chance switch
            {
                < 0.60f => Topics.Tag(topic, week, ref noise),
                < 0.75f => Topics.Tag(other, week, ref noise),
                < 0.80f => Topics.Tag(_topics.Pick(ref noise), week, ref noise),
                _ => Topics.GeneralTag(ref noise),
            });
        }
        var ownSound = noise.Chance(0.3f);
        var soundTopic = noise.Chance(0.7f) ? topic : _topics.Pick(ref noise);
        var id = _ids.Next(at);
        return new Video
        {
            Id = id,
            VideoId = id,
            UserId = creator.UserId,
            Username = $"creator_{creator.Number}",
            OwnerCountry = creator.Country,
            Title = $"Clip {_clips.Count}",
            Hashtags = [.. hashtags.Distinct(StringComparer.Ordinal)],
            SoundId = ownSound ? null : Topics.Sound(soundTopic, ref noise),
            Status = VideoStatus.Ready,
            Upload = new Upload { Filename = "clip.mp4", FileSize = lengthMs * 300L, DurationMs = lengthMs, LandedAt = at, LandedBytes = lengthMs * 300L, CompletedAt = at },
            Probe = new MediaProbe { Container = "mov,mp4", VideoCodec = "h264", AudioCodec = "aac", DurationMs = lengthMs, Width = 1080, Height = 1920, FrameRate = 30 },
            Progress = 100,
            ThumbnailCount = 3,
            TranscodedAt = at,
            MediaContainer = BlobContainers.Media,
            CreatedAt = at,
            PublishedAt = at,
        };
    }

    private static string PickCountry(ref Noise noise)
    {
        var left = noise.Uniform();
        foreach (var (country, share) in Countries)
        {
            if ((left -= share) < 0) return country;
        }
        return Countries[0].Country;
    }

    private static float[] NewStyle(ref Noise noise)
    {
        var style = new float[StyleDimensions];
        for (var i = 0; i < style.Length; i++) style[i] = noise.Normal() / MathF.Sqrt(MathF.Sqrt(StyleDimensions));
        return style;
    }
}
