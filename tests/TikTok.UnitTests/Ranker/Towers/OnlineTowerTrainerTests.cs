using TikTok.Core.Documents;
using TikTok.Core.Events;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.Training.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class OnlineTowerTrainerTests : IDisposable
{
    private readonly Taste _taste = new(new TowerWorld());

    public void Dispose() => _taste.World.Dispose();

    [Fact]
    public void Videos_that_the_same_people_like_come_to_lie_together_though_they_have_nothing_else_in_common()
    {
        var before = _taste.ShareOfGroup(newcomers: 40, watched: 3);

        _taste.Swipe(2_500);

        Assert.InRange(before, 0.4, 0.7);
        Assert.InRange(_taste.ShareOfGroup(newcomers: 40, watched: 3), 0.9, 1);
        Assert.Equal(0, _taste.Trainer.Rejected);
    }

    [Fact]
    public void What_is_learned_of_a_hashtag_places_a_video_that_nobody_has_watched()
    {
        // Two hashtags of the first group of which no video has both.
        var (one, other) = (new List<int>(), new List<int>());
        for (var i = 0; i < 30; i++) _taste.Group[0].Add(AddTo(one, _taste.World.Add($"x{i}", ["kitten"])));
        for (var i = 0; i < 30; i++) _taste.Group[0].Add(AddTo(other, _taste.World.Add($"y{i}", ["puppy"])));
        _taste.Swipe(2_500);

        var fresh = _taste.World.Add("newcomer", ["puppy"]);
        _taste.World.Renew(all: true);
        var kittens = _taste.World.Embed(_taste.World.Watcher(one.Take(4)));

        var strange = _taste.Group[1].Average(row => _taste.World.Similarity(kittens, row));
        Assert.True(_taste.World.Similarity(kittens, fresh) > strange + 0.5);

        static int AddTo(List<int> rows, int row)
        {
            rows.Add(row);
            return row;
        }
    }

    [Fact]
    public void The_same_events_make_the_same_table()
    {
        var again = new Taste(new TowerWorld());
        _taste.Swipe(300);
        again.Swipe(300);

        foreach (var row in Enumerable.Range(0, _taste.World.Videos.Count))
        {
            Assert.Equal(_taste.RowOf(row), again.RowOf(row));
        }
        again.World.Dispose();
    }

    [Fact]
    public void After_a_restart_it_goes_on_as_if_there_had_been_none()
    {
        _taste.Swipe(200);
        using var saved = new MemoryStream();
        _taste.Trainer.Save(saved);
        saved.Position = 0;
        var trainer = _taste.NewTrainer();
        trainer.Load(saved);
        using var again = new MemoryStream();
        trainer.Save(again);

        Assert.Equal(saved.ToArray(), again.ToArray());
        Assert.Throws<InvalidDataException>(() => trainer.Load(new MemoryStream([9, 0, 0, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void A_row_that_is_no_number_does_not_spread()
    {
        _taste.Swipe(50);
        var steps = _taste.Trainer.Steps;
        var row = new float[_taste.World.Space.Dimensions];
        row[3] = float.NaN;
        _taste.World.Towers.Writer.Put(TowerTable.EverybodyId, row);

        _taste.Swipe(50);

        Assert.Equal(steps, _taste.Trainer.Steps);
        Assert.InRange(_taste.Trainer.Rejected, 1, 50);
        Assert.All(Enumerable.Range(0, _taste.World.Videos.Count), video => Assert.All(_taste.RowOf(video), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void What_people_do_with_their_own_videos_or_with_unknown_ones_teaches_nothing()
    {
        var own = _taste.World.Add("someone", ["cats"]);
        _taste.Watch("someone", own, liked: true);
        _taste.Trainer.Apply(_taste.Logged("someone", "0000000000000000000000000v", liked: true));

        Assert.Equal(0, _taste.Trainer.Steps);
    }

    [Fact]
    public void What_the_offline_training_gets_is_what_was_liked_of_others()
    {
        var (liked, own) = (_taste.Group[0][0], _taste.World.Add("someone", ["cats"]));
        var gathered = new LikedVideos(_taste.World.Videos, likedFrom: 0.6f);

        gathered.Apply(_taste.Logged("someone", _taste.World.Videos.IdOf(liked), liked: true));
        gathered.Apply(_taste.Logged("someone", _taste.World.Videos.IdOf(_taste.Group[0][1]), liked: false));
        gathered.Apply(_taste.Logged("someone", _taste.World.Videos.IdOf(own), liked: true));
        gathered.Apply(_taste.Logged("someone", "0000000000000000000000000v", liked: true));

        Assert.Equal([(FeatureId.Of(Field.User, "someone"), _taste.World.Videos[liked].Video)], gathered.Take());
    }
}
