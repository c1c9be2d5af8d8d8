using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Ranking;
using TikTok.Ranker.Videos;

namespace TikTok.UnitTests.Ranker.Ranking;

public sealed class FeatureExtractorTests
{
    private const int Size = DlrmShape.EmbeddingSize;

    [Fact]
    public void The_shape_has_an_input_for_every_feature()
    {
        Assert.Equal(DlrmShape.UserDense, Enum.GetValues<UserFeature>().Length);
        Assert.Equal(DlrmShape.VideoDense, Enum.GetValues<VideoFeature>().Length);
        Assert.Equal(DlrmShape.CrossDense, Enum.GetValues<CrossFeature>().Length);
    }

    [Fact]
    public void Extract_writes_every_input_whatever_lay_there()
    {
        var world = new RankingWorld();
        var (person, inputs) = (world.Person(), new RankingInputs(300));
        inputs.Count = inputs.Capacity;
        inputs.UserFields.AsSpan().Fill(float.NaN);
        inputs.UserDense.AsSpan().Fill(float.NaN);
        inputs.VideoFields.Fill(float.NaN);
        inputs.VideoDense.Fill(float.NaN);
        inputs.CrossDense.Fill(float.NaN);

        var rows = Enumerable.Range(0, 300).Select(i => i % world.Videos.Count).ToArray();
        world.Extractor.Extract(person, rows, new float[rows.Length], new float[rows.Length], RankingWorld.Now, inputs);

        Assert.Equal(300, inputs.Count);
        Assert.All(All(inputs), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void What_training_keeps_of_an_example_sums_up_to_what_serving_reads()
    {
        var world = new RankingWorld();
        var (person, inputs) = (world.Person(), new RankingInputs(world.Videos.Count));
        var rows = Enumerable.Range(0, world.Videos.Count).ToArray();
        var similarities = rows.Select(row => row / 10f).ToArray();
        var affinities = rows.Select(row => row / 20f).ToArray();
        world.Extractor.Extract(person, rows, similarities, affinities, RankingWorld.Now, inputs);

        foreach (var row in rows)
        {
            var (user, video, cross) = (new float[DlrmShape.UserDense], new float[DlrmShape.VideoDense], new float[DlrmShape.CrossDense]);
            var (ids, weights) = (new long[EmbeddingSlots.Count], new float[EmbeddingSlots.Count]);
            world.Extractor.Extract(person, row, similarities[row], affinities[row], RankingWorld.Now, user, video, cross, ids, weights);

            var fields = new float[(DlrmShape.UserFields + DlrmShape.VideoFields) * Size];
            var vectors = new float[ids.Length * Size];
            world.Embeddings.Lookup(ids, vectors);
            for (var slot = 0; slot < ids.Length; slot++)
            {
                for (var i = 0; i < Size; i++) fields[(EmbeddingSlots.FieldOf(slot) * Size) + i] += weights[slot] * vectors[(slot * Size) + i];
            }
            float[] served = [.. inputs.UserFields, .. inputs.VideoFields.Slice(row * DlrmShape.VideoFields * Size, DlrmShape.VideoFields * Size)];

            Assert.Equal(inputs.UserDense, user);
            Assert.Equal(inputs.VideoDense.Slice(row * video.Length, video.Length).ToArray(), video);
            Assert.Equal(inputs.CrossDense.Slice(row * cross.Length, cross.Length).ToArray(), cross);
            Assert.All(served.Zip(fields), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.Contains(fields, value => value != 0);
        }
    }

    [Fact]
    public void Every_input_is_finite_and_small_whatever_the_state_is()
    {
        var numbers = Gen.Elements(float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1f, 0f, 1e-30f, 0.5f, 3f, 1e9f, float.MaxValue, float.MinValue);
        var cases = numbers.ArrayOf(16).SelectMany(n => Gen.Choose(0, int.MaxValue).ArrayOf(6), (n, whole) => (Numbers: n, Whole: whole));

        Prop.ForAll(cases.ToArbitrary(), @case =>
        {
            var (numbers, whole) = @case;
            var world = new RankingWorld(videos: 4);
            ref var video = ref world.Videos.Write(1);
            (video.DurationMs, video.PublishedAt) = ((uint)whole[0], (uint)whole[1] * 2);
            video.Statistics = new VideoStatistics
            {
                Impressions = numbers[0],
                WatchRatio = numbers[1],
                Finishes = numbers[2],
                Skips = numbers[3],
                Likes = numbers[4],
                Shares = numbers[5],
                Comments = numbers[6],
                Follows = numbers[7],
                Trend = numbers[8],
                TrendAt = (uint)whole[2],
            };
            var person = world.Person(history: 3, tastes: 2);
            (person.Swipes, person.SessionSwipes) = (whole[3], whole[4]);
            person.SetHistory([new HistoryEntry(video.Video, numbers[9], (SwipeSignals)(whole[5] & 63), (uint)whole[1]), new HistoryEntry(world.Videos[2].Video, numbers[10], 0, 0)]);
            person.Creators.Add(video.Creator, numbers[11]);
            person.Hashtags.Add(video.Hashtags[0], numbers[12]);

            var inputs = new RankingInputs(1);
            world.Extractor.Extract(person, [1], [numbers[13]], [numbers[14]], RankingWorld.Now, inputs);

            return Dense(inputs).All(value => value is >= -1 and <= 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(Replay()));
    }

    [Fact]
    public void Nobody_and_nothing_known_are_inputs_too()
    {
        var videos = new VideoTable();
        videos.Add(Id.Format(1), FeatureId.None, out _);
        var world = new RankingWorld();
        var inputs = new RankingInputs(1);

        new FeatureExtractor(videos, world.Embeddings).Extract(new PersonView(), [0], [0], [0], RankingWorld.Now, inputs);

        Assert.All(inputs.UserFields, value => Assert.Equal(0, value));
        Assert.All(All(inputs), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_person_is_compared_with_a_video_by_taste_history_and_interests()
    {
        var videos = new VideoTable();
        foreach (var number in (int[])[1, 2, 3])
        {
            ref var video = ref videos.Add(Id.Format((UInt128)number), RankingWorld.Creator(number), out _);
            video.Hashtags[0] = RankingWorld.Hashtag(number);
            video.DurationMs = 10_000;
            video.Country = CountryCode.Of("DE");
        }
        var person = new PersonView { Country = CountryCode.Of("DE"), Followed = new HashSet<long> { RankingWorld.Creator(1) } };
        person.SetHistory([new(videos[2].Video, 0.1f, SwipeSignals.Skipped, 1), new(videos[0].Video, 1, SwipeSignals.Finished, 1)]);
        person.SetInterests([RankingWorld.Hashtag(1)]);
        person.Creators.Add(RankingWorld.Creator(1), 0.5f);

        var inputs = new RankingInputs(2);
        new FeatureExtractor(videos, new RankingWorld().Embeddings).Extract(person, [0, 1], [1, -3], [0, 0], RankingWorld.Now, inputs);

        Assert.Equal([0.5f, -0.75f], Cross(CrossFeature.Similarity));
        Assert.Equal([0.5f, 0], Cross(CrossFeature.Creator));
        Assert.Equal([1f, 0], Cross(CrossFeature.Following));
        Assert.Equal([1f, 1], Cross(CrossFeature.Country));
        Assert.Equal([1f, 0], Cross(CrossFeature.Interests));
        Assert.Equal([0.9f, 0], Cross(CrossFeature.CreatorSeen), new Near());
        Assert.Equal([1 / 8f, 0], Cross(CrossFeature.TopicSeen));
        Assert.Equal([1f, 1], Cross(CrossFeature.Length));

        float[] Cross(CrossFeature feature) => [inputs.CrossDense[(int)feature], inputs.CrossDense[DlrmShape.CrossDense + (int)feature]];
    }

    [Fact]
    public void A_country_is_the_same_id_as_its_text()
    {
        var (ids, weights) = (new long[EmbeddingSlots.OfUser], new float[EmbeddingSlots.OfUser]);

        EmbeddingSlots.FillUser(new PersonView { Country = CountryCode.Of("DE") }, ids, weights);

        Assert.Equal(FeatureId.Of(Field.Country, "DE"), ids[EmbeddingSlots.Country]);
        Assert.Equal((FeatureId.None, 0f), (ids[EmbeddingSlots.User], weights[EmbeddingSlots.User]));
    }

    [Fact]
    public void What_was_skipped_is_no_part_of_what_was_watched_well()
    {
        var person = new PersonView();
        person.SetHistory([new(1, 0.1f, SwipeSignals.Skipped, 3), new(2, 1, SwipeSignals.Finished | SwipeSignals.Liked, 2), new(3, 1, SwipeSignals.Finished, 1)]);
        var (ids, weights) = (new long[EmbeddingSlots.OfUser], new float[EmbeddingSlots.OfUser]);

        EmbeddingSlots.FillUser(person, ids, weights);

        Assert.Equal([2L, 3, 0], ids[EmbeddingSlots.FirstHistory..(EmbeddingSlots.FirstHistory + 3)]);
        Assert.True(weights[EmbeddingSlots.FirstHistory] > 2 * weights[EmbeddingSlots.FirstHistory + 1]);
        Assert.Equal(1, weights[EmbeddingSlots.FirstHistory..EmbeddingSlots.FirstTaste].Sum(), 1e-6f);
    }

    [Fact]
    public void Extract_allocates_nothing()
    {
        var world = new RankingWorld();
        var (extractor, person, inputs) = (world.Extractor, world.Person(), new RankingInputs(500));
        var rows = Enumerable.Range(0, 500).Select(i => i % world.Videos.Count).ToArray();
        var (similarities, affinities) = (new float[500], new float[500]);
        extractor.Extract(person, rows, similarities, affinities, RankingWorld.Now, inputs);

        var before = GC.GetAllocatedBytesForCurrentThread();
        extractor.Extract(person, rows, similarities, affinities, RankingWorld.Now, inputs);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<float> Dense(RankingInputs inputs) => [.. inputs.UserDense, .. inputs.VideoDense, .. inputs.CrossDense];

    private static IEnumerable<float> All(RankingInputs inputs) => [.. Dense(inputs), .. inputs.UserFields, .. inputs.VideoFields];

    private static Replay Replay() => new(new Rnd(1, 1), Microsoft.FSharp.Core.FSharpOption<int>.None);

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => MathF.Abs(x - y) < 1e-6f;

        public int GetHashCode(float obj) => 0;
    }
}
