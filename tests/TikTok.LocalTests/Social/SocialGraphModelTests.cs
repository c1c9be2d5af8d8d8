using FsCheck;
using FsCheck.Fluent;
using TikTok.Core.Documents;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Social;

/// <summary>Random acts of a few people agree with a model of what they are to each other; with writes cut off at random, with the rules that hold for all.</summary>
public sealed class SocialGraphModelTests(ProductDatabase database) : IClassFixture<ProductDatabase>
{
    private const int Sequences = 8;
    private const int Length = 40;
    private const int People = 3;

    private readonly GraphScene _scene = new(database);

    private enum Act { Follow, Unfollow, Accept, Decline, Block, Unblock, Mute, Unmute }

    private sealed record Step(Act Act, int From, int To);

    /// <summary>By who and to whom; person 0 is private.</summary>
    private sealed class Model
    {
        public FollowState[,] Follow { get; } = new FollowState[People, People];
        public bool[,] Block { get; } = new bool[People, People];
        public bool[,] Mute { get; } = new bool[People, People];

        /// <returns>Whether the act is refused.</returns>
        public bool Do(Step step)
        {
            var (from, to) = (step.From, step.To);
            switch (step.Act)
            {
                case Act.Follow when Block[from, to] || Block[to, from]: return true;
                case Act.Follow when Follow[from, to] != FollowState.Following: Follow[from, to] = to == 0 ? FollowState.Requested : FollowState.Following; break;
                case Act.Unfollow when Block[to, from]: return true;
                case Act.Unfollow: Follow[from, to] = FollowState.None; break;
                case Act.Accept when Follow[to, from] == FollowState.None: return true;
                case Act.Accept: Follow[to, from] = FollowState.Following; break;
                case Act.Decline when Follow[to, from] == FollowState.Requested: Follow[to, from] = FollowState.None; break;
                case Act.Block: (Block[from, to], Follow[from, to], Follow[to, from]) = (true, FollowState.None, FollowState.None); break;
                case Act.Unblock: Block[from, to] = false; break;
                case Act.Mute: Mute[from, to] = true; break;
                case Act.Unmute: Mute[from, to] = false; break;
            }
            return false;
        }
    }

    private static Gen<Step[]> Steps => Gen.ArrayOf(
        from act in Gen.Frequency((5, Gen.Elements(Act.Follow, Act.Unfollow, Act.Accept)), (3, Gen.Elements(Act.Decline, Act.Block, Act.Unblock, Act.Mute, Act.Unmute)))
        from first in Gen.Choose(0, People - 1)
        from distance in Gen.Choose(1, People - 1)
        select new Step(act, first, (first + distance) % People), Length);

    [Fact]
    public async Task Random_acts_agree_with_the_model()
    {
        foreach (var sequence in Steps.Sample(Sequences, Length))
        {
            var people = await PeopleAsync();
            var model = new Model();
            foreach (var step in sequence) Assert.Equal(model.Do(step), await IsRefusedAsync(step, people));
            await AssertAsync(model, people);
            await _scene.SettleAsync(people, new Random(sequence.Length));
            await AssertAsync(model, people);
            await _scene.AssertConsistentAsync(people);
        }
    }

    [Fact]
    public async Task Random_acts_that_die_at_random_writes_end_consistent_once_the_change_feed_has_told_of_them()
    {
        foreach (var (number, sequence) in Steps.Sample(Sequences, Length).Index())
        {
            var people = await PeopleAsync();
            foreach (var container in new[] { "edges", "edgesIn" })
            {
                foreach (var drop in new[] { "before", "after" })
                    await database.Process.FailAsync($$"""{"match":{"container":"{{container}}","operation":"Batch"},"drop":"{{drop}}","probability":0.15}""");
            }

            var died = 0;
            foreach (var step in sequence)
            {
                try
                {
                    await IsRefusedAsync(step, people);
                }
                catch (Exception e) when (e is not ProblemException)
                {
                    died++;
                }
            }
            await database.Process.HealAsync();
            await _scene.SettleAsync(people, new Random(number));

            Assert.True(died > 0, "No act met a fault.");
            await _scene.AssertConsistentAsync(people);
        }
    }

    private async Task<IReadOnlyList<string>> PeopleAsync()
    {
        var people = new List<string>();
        for (var i = 0; i < People; i++) people.Add(await _scene.AddAsync(isPrivate: i == 0));
        return people;
    }

    private async Task<bool> IsRefusedAsync(Step step, IReadOnlyList<string> people)
    {
        var (from, to) = (people[step.From], people[step.To]);
        try
        {
            await (step.Act switch
            {
                Act.Follow => _scene.Graph.FollowAsync(from, to, default),
                Act.Unfollow => _scene.Graph.UnfollowAsync(from, to, default),
                Act.Accept => _scene.Graph.AcceptAsync(from, to, default),
                Act.Decline => _scene.Graph.DeclineAsync(from, to, default),
                Act.Block => _scene.Graph.BlockAsync(from, to, default),
                Act.Unblock => _scene.Graph.UnblockAsync(from, to, default),
                Act.Mute => _scene.Graph.MuteAsync(from, to, default),
                _ => _scene.Graph.UnmuteAsync(from, to, default),
            });
            return false;
        }
        catch (ProblemException)
        {
            return true;
        }
    }

    private async Task AssertAsync(Model model, IReadOnlyList<string> people)
    {
        for (var a = 0; a < People; a++)
        {
            for (var b = 0; b < People; b++)
            {
                if (a == b) continue;
                var relation = await _scene.RelationAsync(people[a], people[b]);
                Assert.Equal(
                    (model.Follow[a, b] == FollowState.Following, model.Follow[a, b] == FollowState.Requested, model.Follow[b, a] == FollowState.Following),
                    (relation.Following, relation.Requested, relation.FollowedBy));
                Assert.Equal((model.Block[a, b], model.Block[b, a], model.Mute[a, b]), (relation.Blocking, relation.BlockedBy, relation.Muting));
            }
        }
    }
}
