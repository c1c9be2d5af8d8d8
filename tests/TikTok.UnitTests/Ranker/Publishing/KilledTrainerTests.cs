using FsCheck;
using FsCheck.Fluent;
using TikTok.Core;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.State;
using TikTok.Ranker.Training.Dlrm;
using TikTok.Ranker.Training.Online;
using TikTok.Ranker.Videos;
using TikTok.Tests.Shared;

namespace TikTok.UnitTests.Ranker.Publishing;

/// <summary>A trainer with all of its state, killed at any moment: the newest snapshot and the log behind it are all that the next one has.</summary>
public sealed class KilledTrainerTests : IDisposable
{
    private const int Videos = 12;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tiktok-killed-");
    private readonly FakeTime _time = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Whenever_it_is_killed_it_comes_to_the_state_that_it_would_have_come_to()
    {
        var log = Log(120);
        var undisturbed = new Trainer(_time);
        foreach (var logged in log) undisturbed.Apply(logged);
        var expected = undisturbed.State();

        var lives = from saves in Gen.Choose(15, 60) from kills in Gen.Choose(10, log.Count).ListOf() select (saves, kills.Take(4).Order().ToList());
        Prop.ForAll(lives.ToArbitrary(), life =>
        {
            var (saves, kills) = life;
            var snapshots = new StateSnapshots(Path.Combine(_directory.FullName, Guid.NewGuid().ToString("N")), _time);
            var trainer = new Trainer(_time);
            foreach (var kill in (int[])[.. kills, log.Count])
            {
                for (var i = trainer.Next; i < kill; i++)
                {
                    trainer.Apply(log[i]);
                    if ((i + 1) % saves != 0) continue;
                    _time.Advance(TimeSpan.FromMinutes(10));
                    snapshots.Save(trainer.Parts);
                }
                if (kill == log.Count) break;
                trainer = new Trainer(_time);
                snapshots.Restore(trainer.Parts);

                // The log gives again what was given already.
                for (var i = Math.Max(0, trainer.Next - 5); i < trainer.Next; i++) trainer.Apply(log[i]);
            }
            return trainer.State() == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4));
    }

    private static IReadOnlyList<LoggedInteraction> Log(int watches)
    {
        var random = new Random(1);
        var log = new WrittenLog("0");
        for (var i = 0; i < watches; i++)
        {
            var (viewer, video) = ($"viewer{random.Next(4)}", random.Next(Videos));
            log.Wait(TimeSpan.FromSeconds(random.Next(40))).Watch(VideoId(video), viewer, random.Next(500, 12_000), 10_000);
            if (random.Next(4) == 0) log.Append(InteractionType.Like, VideoId(random.Next(Videos)), viewer);
            if (random.Next(9) == 0) log.Append(InteractionType.Follow, null, viewer, targetUserId: $"creator{random.Next(3)}");
            if (random.Next(9) == 0) log.Repeat(random.Next(log.Events.Count));
        }
        return log.Events;
    }

    private static string VideoId(int number) => Id.Format((UInt128)(number + 1));

    /// <summary>As the container has it, less towers and the change feed.</summary>
    private sealed class Trainer
    {
        private readonly VideoTable _videos = new();
        private readonly PersonTable _people;
        private readonly EmbeddingTable _embeddings;
        private readonly LogCursor _cursor = new();
        private readonly OnlineTrainer _online;
        private readonly IInteractionFold[] _folds;

        public Trainer(TimeProvider time)
        {
            _people = new PersonTable(new PersonTableOptions(), _videos);
            _embeddings = new EmbeddingTable(DlrmTrainerOptions.Table with { HashSeed = 1 }, time);
            var fold = new VideoFold(_videos, [], time) { LogFrom = DateTimeOffset.MinValue };
            var statistics = new StatisticsFold(_videos);
            _online = new OnlineTrainer(
                _videos, _embeddings, _people, null, new DlrmTrainer(_embeddings, new DlrmTrainerOptions { BatchSize = 16 }), null,
                new OnlineTrainerOptions { MaxPending = 200, MaxRemembered = 200, MaxBatchAge = TimeSpan.FromMinutes(2) });
            _folds = [_online, statistics, new PeopleFold(_people, _videos)];
            for (var i = 0; i < Videos; i++)
            {
                ref var video = ref _videos.Add(VideoId(i), FeatureId.Of(Field.Creator, $"creator{i % 3}"), out _);
                (video.DurationMs, video.Hashtags[0]) = (10_000, FeatureId.Of(Field.Hashtag, $"tag{i % 4}"));
            }
            Parts = [fold, statistics, _people, _cursor, .. _online.Parts, new EmbeddingsPart("ranking-table", _embeddings.Writer)];
        }

        public IReadOnlyList<ISnapshotPart> Parts { get; }

        /// <summary>The number of the next event, as its cursor has it.</summary>
        public int Next => (int)(_cursor.NextOf("0") ?? 0);

        public void Apply(LoggedInteraction logged)
        {
            if (!_cursor.TryTake(logged)) return;
            foreach (var fold in _folds) fold.Apply(logged);
        }

        public string State()
        {
            var stream = new MemoryStream();
            foreach (var part in Parts.Skip(1).SkipLast(1)) part.Save(stream);
            var rows = new float[DlrmTrainerOptions.Table.Width];
            var ids = _embeddings.Writer.Ids().Order().Select(id => _embeddings.Writer.TryRead(id, rows) ? $"{id}: {string.Join(' ', rows)}" : "");
            var videos = Enumerable.Range(0, Videos).Select(i => $"{_videos[i].Statistics.Impressions} {_videos[i].Statistics.Likes} {_videos[i].Statistics.Trend}");
            return $"{Convert.ToBase64String(stream.ToArray())}\n{string.Join('\n', ids)}\n{string.Join('\n', videos)}";
        }
    }
}
