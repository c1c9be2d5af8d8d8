using Azure.Messaging.EventHubs;
using Azure.Storage.Blobs;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using TikTok.Local.Functions.Hosting;

namespace TikTok.UnitTests.Functions.Host;

public sealed class FunctionCatalogTests
{
    [Fact]
    public void Find_loads_every_kind_of_trigger()
    {
        var functions = FunctionCatalog.Find([typeof(Good)]);

        Assert.Equal(
            ["blobTrigger", "cosmosDBTrigger", "eventHubTrigger", "eventHubTrigger", "httpTrigger", "queueTrigger", "queueTrigger", "timerTrigger"],
            functions.Select(f => f.Definition.InputBindings.Single().Value.Type).Order());
        Assert.Equal(5, functions.Single(f => f.Name == "Hub").Retry?.MaxRetryCount);
        Assert.Equal($"{typeof(Good).FullName}.Http", functions.Single(f => f.Name == "Http").FullName);
    }

    [Theory]
    [InlineData(typeof(TwoTriggers), "one trigger")]
    [InlineData(typeof(NoTrigger), "one trigger")]
    [InlineData(typeof(UnbatchedString), "binds an array")]
    [InlineData(typeof(HttpOfPoco), "takes HttpRequest")]
    [InlineData(typeof(HttpWithoutResult), "returns IResult")]
    [InlineData(typeof(BadRoute), "the route")]
    [InlineData(typeof(BadCron), "'every day'")]
    [InlineData(typeof(BadBlobPath), "container/name")]
    [InlineData(typeof(BlobContainerPattern), "container of a trigger is fixed")]
    [InlineData(typeof(UnknownParameter), "nothing can bind the parameter 'http'")]
    [InlineData(typeof(RetriedQueue), "retry policy")]
    [InlineData(typeof(ReturnsValueTask), "does not await")]
    [InlineData(typeof(QueueOfInt), "cannot bind System.Int32")]
    [InlineData(typeof(BadName), "name begins with a letter")]
    [InlineData(typeof(SameName), "2 functions have this name")]
    [InlineData(typeof(HiddenMethod), "public method")]
    public void Find_says_what_is_wrong(Type type, string why)
    {
        var error = Assert.Throws<InvalidFunctionsException>(() => FunctionCatalog.Find([type]));

        Assert.Contains(why, Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_lists_the_errors_of_all_functions_at_once() =>
        Assert.Equal(2, Assert.Throws<InvalidFunctionsException>(() => FunctionCatalog.Find([typeof(BadCron), typeof(BadRoute)])).Errors.Count);

    public sealed record Poco(string Name);

    public sealed class Good
    {
        [Function("Http")]
        public IResult Http([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "a/{id:guid}")] HttpRequest request, Guid id) => Results.Ok(id);

        [Function("Queue")]
        public Task Queue([QueueTrigger("q")] Poco poco, FunctionContext context, CancellationToken cancel) => Task.CompletedTask;

        [Function("Message")]
        public void Message([QueueTrigger("q")] QueueMessage message, int dequeueCount) => _ = message;

        [Function("Blob")]
        public Task Blob([BlobTrigger("uploads/{name}")] BlobClient blob, string name) => Task.CompletedTask;

        [Function("Hub")]
        [FixedDelayRetry(5, "00:00:01")]
        public Task Hub([EventHubTrigger("h")] Poco[] events) => Task.CompletedTask;

        [Function("One")]
        public Task One([EventHubTrigger("h", IsBatched = false)] EventData data) => Task.CompletedTask;

        [Function("Timer")]
        public Task Timer([TimerTrigger("0 */5 * * * *")] TimerInfo timer) => Task.CompletedTask;

        [Function("Feed")]
        public Task Feed([CosmosDBTrigger("d", "c")] IReadOnlyList<Poco> changes) => Task.CompletedTask;

        public void NotAFunction(int anything) => _ = anything;
    }

    public sealed class TwoTriggers
    {
        [Function("F")]
        public void Run([QueueTrigger("a")] string a, [QueueTrigger("b")] string b) => _ = a + b;
    }

    public sealed class NoTrigger
    {
        [Function("F")]
        public void Run(string a) => _ = a;
    }

    public sealed class UnbatchedString
    {
        [Function("F")]
        public void Run([EventHubTrigger("h")] string events) => _ = events;
    }

    public sealed class HttpOfPoco
    {
        [Function("F")]
        public IResult Run([HttpTrigger] Poco body) => Results.Ok(body);
    }

    public sealed class HttpWithoutResult
    {
        [Function("F")]
        public Task Run([HttpTrigger] HttpRequest request) => Task.CompletedTask;
    }

    public sealed class BadRoute
    {
        [Function("F")]
        public IResult Run([HttpTrigger("get", Route = "a/{b")] HttpRequest request) => Results.Ok();
    }

    public sealed class BadCron
    {
        [Function("F")]
        public void Run([TimerTrigger("every day")] TimerInfo timer) => _ = timer;
    }

    public sealed class BadBlobPath
    {
        [Function("F")]
        public void Run([BlobTrigger("uploads")] Stream blob) => _ = blob;
    }

    public sealed class BlobContainerPattern
    {
        [Function("F")]
        public void Run([BlobTrigger("{container}/a")] Stream blob) => _ = blob;
    }

    public sealed class UnknownParameter
    {
        [Function("F")]
        public void Run([QueueTrigger("q")] string text, HttpClient http) => _ = http;
    }

    public sealed class RetriedQueue
    {
        [Function("F")]
        [FixedDelayRetry(1, "00:00:01")]
        public void Run([QueueTrigger("q")] string text) => _ = text;
    }

    public sealed class ReturnsValueTask
    {
        [Function("F")]
        public ValueTask Run([QueueTrigger("q")] string text) => ValueTask.CompletedTask;
    }

    public sealed class QueueOfInt
    {
        [Function("F")]
        public void Run([QueueTrigger("q")] int number) => _ = number;
    }

    public sealed class BadName
    {
        [Function("1st")]
        public void Run([QueueTrigger("q")] string text) => _ = text;
    }

    public sealed class SameName
    {
        [Function("F")]
        public void Run([QueueTrigger("q")] string text) => _ = text;

        [Function("f")]
        public void Again([QueueTrigger("q")] string text) => _ = text;
    }

    public sealed class HiddenMethod
    {
        [Function("F")]
        internal void Run([QueueTrigger("q")] string text) => _ = text;
    }
}
