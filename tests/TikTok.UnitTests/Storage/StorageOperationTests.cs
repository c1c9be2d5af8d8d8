using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TikTok.Local.Storage;

namespace TikTok.UnitTests.Storage;

public sealed class StorageOperationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("PUT", "/acc/uploads/v1", 201, StorageEventType.BlobCreated)]
    [InlineData("PUT", "/acc/uploads/v1?comp=blocklist&sig=x", 201, StorageEventType.BlobCreated)]
    [InlineData("DELETE", "/acc/uploads/v1", 202, StorageEventType.BlobDeleted)]
    [InlineData("PUT", "/acc/uploads/v1", 412, null)]
    [InlineData("PUT", "/acc/uploads/v1?comp=block&blockid=MQ%3D%3D", 201, null)]
    [InlineData("PUT", "/acc/uploads/v1?comp=metadata", 200, null)]
    [InlineData("PUT", "/acc/uploads/v1?comp=lease", 201, null)]
    [InlineData("DELETE", "/acc/uploads/v1?snapshot=2026-11-21", 202, null)]
    [InlineData("PUT", "/acc/uploads?restype=container", 201, null)]
    [InlineData("DELETE", "/acc/uploads?restype=container", 202, null)]
    [InlineData("GET", "/acc/uploads/v1", 200, null)]
    public void Of_the_blob_service_these_are_events(string method, string target, int status, StorageEventType? expected) =>
        Assert.Equal(expected, Blob(method, target, status)?.Type);

    [Fact]
    public void A_blob_is_named_as_it_was_before_it_was_escaped()
    {
        var happened = Blob("PUT", "/acc/uploads/a%20b/c%2Fd/100%25.mp4?sig=x", 201);

        Assert.Equal(("uploads", "a b/c/d/100%.mp4"), (happened?.Container, happened?.Name));
    }

    [Theory]
    [InlineData("POST", "/acc/jobs/messages?visibilitytimeout=30", 201, 30)]
    [InlineData("POST", "/acc/jobs/messages", 201, 0)]
    [InlineData("PUT", "/acc/jobs/messages/1?popreceipt=x&visibilitytimeout=5", 204, 5)]
    [InlineData("POST", "/acc/jobs/messages", 404, null)]
    [InlineData("GET", "/acc/jobs/messages", 200, null)]
    [InlineData("DELETE", "/acc/jobs/messages/1?popreceipt=x", 204, null)]
    [InlineData("PUT", "/acc/jobs", 201, null)]
    public void Of_the_queue_service_these_are_events(string method, string target, int status, int? visibleAfter)
    {
        var context = Context(method, target, status);

        var happened = StorageOperation.OfQueue(context.Request, context.Response, Now);

        Assert.Equal(visibleAfter is { } seconds ? new StorageEvent(StorageEventType.MessagePut, Queue: "jobs", VisibleAt: Now.AddSeconds(seconds)) : null, happened);
    }

    [Fact]
    public void Azurites_lines_give_its_addresses_once_both_are_there()
    {
        var lines = new AzuriteEndpoints.Builder();

        Assert.Null(lines.Take("Azurite Blob service is starting at http://127.0.0.1:0"));
        Assert.Null(lines.Take("Azurite Blob service is successfully listening at http://127.0.0.1:45203"));
        Assert.Null(lines.Take(null));
        Assert.Equal(
            new AzuriteEndpoints(new Uri("http://127.0.0.1:45203"), new Uri("http://127.0.0.1:41867")),
            lines.Take("Azurite Queue service is successfully listening at http://127.0.0.1:41867"));
    }

    private static StorageEvent? Blob(string method, string target, int status)
    {
        var context = Context(method, target, status);
        return StorageOperation.OfBlob(context.Request, context.Response);
    }

    private static DefaultHttpContext Context(string method, string target, int status)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Request.QueryString = target.Contains('?', StringComparison.Ordinal) ? new QueryString(target[target.IndexOf('?', StringComparison.Ordinal)..]) : default;
        context.Response.StatusCode = status;
        return context;
    }
}
