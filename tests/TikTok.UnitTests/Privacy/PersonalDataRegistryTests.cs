using System.Reflection;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Privacy;

namespace TikTok.UnitTests.Privacy;

/// <summary>No store can be added without saying what becomes of people's data in it.</summary>
public sealed class PersonalDataRegistryTests
{
    [Fact]
    public void Every_store_of_the_schemas_is_declared_once()
    {
        var schemas = CosmosSchema.All.Select(c => new DataStore(DataStoreKind.Container, c.Name))
            .Concat(BlobContainers.All.Select(name => new DataStore(DataStoreKind.BlobContainer, name)))
            .Concat(Queues.All.Select(name => new DataStore(DataStoreKind.Queue, name)))
            .Concat(typeof(Hubs).GetFields(BindingFlags.Public | BindingFlags.Static).Select(hub => new DataStore(DataStoreKind.EventHub, (string)hub.GetRawConstantValue()!)));

        Assert.Equal(Sorted(schemas), Sorted(PersonalDataRegistry.All.Select(d => d.Store)));
    }

    [Fact]
    public void What_is_declared_of_a_store_is_what_is_erased_from_it()
    {
        var declared = PersonalDataRegistry.All.SelectMany(d => d.Shares.Select(share => (share, d.Store)));
        var erased = Shares().SelectMany(share => share.Stores.Select(store => (share.Name, store)));

        Assert.Equal(erased.Select(e => e.ToString()).Order(StringComparer.Ordinal), declared.Select(d => d.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_store_says_what_it_holds() => Assert.All(PersonalDataRegistry.All, d => Assert.NotEmpty(d.Holds));

    [Fact]
    public void No_two_shares_have_one_name() => Assert.Equal(Shares().Count, Shares().Select(share => share.Name).Distinct(StringComparer.Ordinal).Count());

    private static IReadOnlyList<IPersonalData> Shares()
    {
        const string Key = "AAAA";
        var storage = $"AccountName=a;AccountKey={Key};BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a";
        var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new CosmosClient("https://127.0.0.1:1/", Convert.ToBase64String(new byte[64])))
            .AddSingleton(new BlobServiceClient(storage))
            .AddSingleton(new QueueServiceClient(storage))
            .AddSingleton(new PlatformSecret(Convert.ToBase64String(new byte[32])))
            .AddSingleton<LimitStore>()
            .AddSingleton<VideoStore>()
            .AddSingleton<LikeStore>()
            .AddSingleton<CommentStore>()
            .AddSingleton<CommentLikeStore>()
            .AddSingleton<CommentRemoval>()
            .AddSingleton<ShareStore>()
            .AddSingleton<AccountEdgeStore>()
            .AddSingleton<FollowerStore>()
            .AddPrivacy(new ConfigurationBuilder().Build());
        return [.. services.BuildServiceProvider().GetServices<IPersonalData>()];
    }

    private static IEnumerable<string> Sorted(IEnumerable<DataStore> stores) => stores.Select(s => s.ToString()).Order(StringComparer.Ordinal);
}
