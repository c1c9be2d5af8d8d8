using TikTok.LocalTests.Functions;

namespace TikTok.LocalTests.Jobs;

/// <summary>The job runner as the process that <c>local/up</c> starts.</summary>
public sealed class JobsProcessTests(StorageProcess storage) : IClassFixture<StorageProcess>, IDisposable
{
    private readonly TestAppWork _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_runner_killed_at_work_leaves_no_process_behind_and_its_message_is_worked_on_again()
    {
        var queue = storage.Queues.GetQueueClient(_work.Name);
        await queue.CreateAsync();
        await using (var runner = await StartAsync())
        {
            await queue.SendMessageAsync("held");
            await _work.UntilAsync(["begun held"]);

            await runner.KillAsync();
        }

        var left = _work.Lines().Where(line => line.StartsWith("process ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToList();
        Assert.Equal(2, left.Count);
        await Eventually.TrueAsync(() => Task.FromResult(!left.Exists(IsAlive)));
        _work.Open();
        Assert.DoesNotContain("done held", _work.Lines());
        await using var again = await StartAsync();

        await _work.UntilAsync(["done held"]);
        await Eventually.TrueAsync(async () => (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);
        Assert.Equal((2, 1), (_work.Count("begun held"), _work.Count("done held")));
    }

    private static bool IsAlive(string processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(" Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task<LocalProcess> StartAsync()
    {
        var program = Path.Combine(_work.Folder, "job");
        File.WriteAllText(program, $"#!/bin/bash\nexec dotnet {TestAppWork.Assembly} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return LocalProcess.StartAsync("TikTok.Local", "jobs listening on", _work.Settings(storage), "jobs", "--queue", $"{_work.Name}={program},1");
    }
}
