using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TikTok.Core;
using TikTok.Ranker;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.State;

namespace TikTok.UnitTests.Ranker.Publishing;

public sealed class RolesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_service_of_a_role_can_be_made_and_the_state_is_restored_before_anything_adds_to_it(bool trains)
    {
        var settings = new Dictionary<string, string?>
        {
            [Connections.Storage] = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://storage.invalid/a;QueueEndpoint=http://storage.invalid/a",
            [Connections.EventHubs] = "Endpoint=sb://log.invalid/;SharedAccessKeyName=a;SharedAccessKey=a2V5",
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new CosmosClient("https://cosmos.invalid", Convert.ToBase64String(new byte[64])));
        if (trains) services.AddTrainerRole("nowhere");
        else services.AddServerRole("nowhere");
        using var all = services.BuildServiceProvider();

        var hosted = all.GetServices<IHostedService>().ToList();

        // What is published is no part of a server's state.
        Assert.IsType<StateRestore>(hosted.First(service => service is not ModelFollower));
        Assert.Equal(trains, hosted.OfType<TrainerService>().Any());
        Assert.Equal(!trains, hosted.OfType<ModelFollower>().Any());
        Assert.Single(hosted.OfType<LogFollower>());
    }
}
