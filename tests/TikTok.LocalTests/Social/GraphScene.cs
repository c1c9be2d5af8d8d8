using System.Text.Json;
using Microsoft.Azure.Cosmos;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Social;

namespace TikTok.LocalTests.Social;

/// <summary>People over the real store, the social graph between them, and its change feed pulled by hand.</summary>
internal sealed class GraphScene
{
    private readonly CosmosClient _client;

    public GraphScene(ProductDatabase database)
    {
        _client = database.Client;
        Accounts = new AccountStore(_client);
        Edges = new AccountEdgeStore(_client, TimeProvider.System);
        Followers = new FollowerStore(_client);
        Relations = new RelationStore(_client);
        Graph = new SocialGraph(Accounts, Edges, Followers);
    }

    public AccountStore Accounts { get; }
    public AccountEdgeStore Edges { get; }
    public FollowerStore Followers { get; }
    public RelationStore Relations { get; }
    public SocialGraph Graph { get; }

    public async Task<string> AddAsync(bool isPrivate = false)
    {
        var id = Id.New(TimeProvider.System);
        await Accounts.CreateAsync(
            new Account
            {
                Id = id,
                UserId = id,
                Username = id,
                DisplayName = id,
                PasswordHash = "",
                BirthDate = new DateOnly(1990, 1, 1),
                Private = isPrivate,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            },
            default);
        return id;
    }

    public Task<Relation> RelationAsync(string userId, string otherId) => Relations.FindAsync(userId, otherId, default);

    public async Task<IReadOnlyList<string>> FollowersOfAsync(string userId, FollowState state = FollowState.Following) =>
        [.. (await Followers.ListAsync(userId, state, null, 1_000, default)).Select(e => e.UserId)];

    public async Task<IReadOnlyList<string>> FollowingOfAsync(string userId) =>
        [.. (await Edges.ListFollowingAsync(userId, null, 1_000, default)).Select(e => e.TargetId)];

    /// <summary>The edges as the change feed tells of them.</summary>
    public async Task<IReadOnlyList<AccountEdge>> ChangesAsync(IReadOnlyCollection<string> people)
    {
        var edges = new List<AccountEdge>();
        foreach (var person in people)
        {
            using var pages = _client.GetContainer(Containers.Database, Containers.Edges).GetItemQueryIterator<JsonElement>(
                "SELECT * FROM c WHERE c.type = 'accountEdge'", requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKey(person) });
            while (pages.HasMoreResults) edges.AddRange((await pages.ReadNextAsync()).Select(d => d.Deserialize<AccountEdge>(CoreJson.Options)!));
        }
        return edges;
    }

    /// <summary>Tells of every edge until telling changes nothing more, each time in another order and twice.</summary>
    public async Task SettleAsync(IReadOnlyCollection<string> people, Random random)
    {
        var before = await ChangesAsync(people);
        while (true)
        {
            AccountEdge[] told = [.. before, .. before];
            random.Shuffle(told);
            foreach (var edge in told) await Graph.SettleAsync(edge, default);
            var after = await ChangesAsync(people);
            if (after.SequenceEqual(before)) return;
            before = after;
        }
    }

    /// <summary>Counts, lists and mirrors agree with the edges, and no follow crosses a block.</summary>
    public async Task AssertConsistentAsync(IReadOnlyCollection<string> people)
    {
        var edges = await ChangesAsync(people);
        foreach (var person in people)
        {
            var following = edges.Where(e => e.UserId == person && e.Follow == FollowState.Following).Select(e => e.TargetId).Order(StringComparer.Ordinal).ToList();
            var followers = edges.Where(e => e.TargetId == person && e.Follow == FollowState.Following).Select(e => e.UserId).Order(StringComparer.Ordinal).ToList();
            var requests = edges.Where(e => e.TargetId == person && e.Follow == FollowState.Requested).Select(e => e.UserId).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(following, (await FollowingOfAsync(person)).Order(StringComparer.Ordinal));
            Assert.Equal(followers, (await FollowersOfAsync(person)).Order(StringComparer.Ordinal));
            Assert.Equal(requests, (await FollowersOfAsync(person, FollowState.Requested)).Order(StringComparer.Ordinal));
            Assert.Equal((following.Count, followers.Count), (await Edges.CountFollowingAsync(person, default), await Followers.CountFollowersAsync(person, default)));
        }

        var blocked = edges.Where(e => e.Blocking).SelectMany(e => new[] { (e.UserId, e.TargetId), (e.TargetId, e.UserId) }).ToHashSet();
        Assert.DoesNotContain(edges, e => e.Follow != FollowState.None && blocked.Contains((e.UserId, e.TargetId)));
    }
}
