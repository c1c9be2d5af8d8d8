using System.Text.Json;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;

namespace TikTok.LocalTests.Functions;

public sealed class TimerTriggerTests(StorageProcess storage) : IClassFixture<StorageProcess>
{
    [Fact]
    public async Task A_timer_fires_and_remembers_when()
    {
        var name = $"t{Guid.NewGuid():N}"[..20];
        var recorder = new Recorder();
        await using var host = await StartAsync(name, recorder, typeof(EverySecond));

        Assert.Equal(false, (await recorder.NextAsync()).Detail);
        Assert.Equal(false, (await recorder.NextAsync()).Detail);
        var status = await StatusAsync(name, typeof(EverySecond));
        Assert.True(status.Next > status.Last);
    }

    [Fact]
    public async Task An_occurrence_missed_while_the_host_was_down_is_made_up_for()
    {
        var name = $"t{Guid.NewGuid():N}"[..20];
        var recorder = new Recorder();
        var missed = new DateTime(2026, 1, 1, 3, 0, 0, DateTimeKind.Utc);
        var container = new BlobContainerClient(storage.ConnectionString, "azure-webjobs-hosts");
        await container.CreateIfNotExistsAsync();
        await container.GetBlobClient($"timers/{name}/{typeof(Nightly).FullName}.Run/status").UploadAsync(BinaryData.FromObjectAsJson(
            new ScheduleStatus { Last = missed.AddDays(-1), Next = missed, LastUpdated = missed.AddDays(-1) }));

        await using var host = await StartAsync(name, recorder, typeof(Nightly));

        Assert.Equal(true, (await recorder.NextAsync()).Detail);
        await Eventually.TrueAsync(async () => (await StatusAsync(name, typeof(Nightly))).Next > missed);
        Assert.Empty(recorder.Rest());
    }

    private async Task<ScheduleStatus> StatusAsync(string name, Type functions)
    {
        var blob = new BlobClient(storage.ConnectionString, "azure-webjobs-hosts", $"timers/{name}/{functions.FullName}.Run/status");
        return JsonSerializer.Deserialize<ScheduleStatus>((await blob.DownloadContentAsync()).Value.Content)!;
    }

    private Task<TestHost> StartAsync(string name, Recorder recorder, Type functions) => TestHost.StartAsync(
        name, [functions], new Dictionary<string, string?> { ["AzureWebJobsStorage"] = storage.ConnectionString }, recorder);

    public sealed class EverySecond(Recorder recorder)
    {
        [Function("EverySecond")]
        public Task Run([TimerTrigger("* * * * * *")] TimerInfo timer, CancellationToken cancel) =>
            recorder.SeeAsync("EverySecond", "", cancel, timer.IsPastDue);
    }

    public sealed class Nightly(Recorder recorder)
    {
        [Function("Nightly")]
        public Task Run([TimerTrigger("0 0 3 * * *")] TimerInfo timer, CancellationToken cancel) =>
            recorder.SeeAsync("Nightly", "", cancel, timer.IsPastDue);
    }
}
