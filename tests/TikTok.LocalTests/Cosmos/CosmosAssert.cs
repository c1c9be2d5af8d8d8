using System.Net;
using Microsoft.Azure.Cosmos;

namespace TikTok.LocalTests.Cosmos;

internal static class CosmosAssert
{
    public static async Task<CosmosException> FailsAsync(HttpStatusCode status, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<CosmosException>(action);
        Assert.Equal(status, failure.StatusCode);
        return failure;
    }

    public static async Task<List<T>> ReadAllAsync<T>(this FeedIterator<T> feed)
    {
        var all = new List<T>();
        while (feed.HasMoreResults)
            all.AddRange(await feed.ReadNextAsync());
        return all;
    }
}
