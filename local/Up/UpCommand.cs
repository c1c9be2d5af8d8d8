using System.CommandLine;
using System.Runtime.InteropServices;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using Spectre.Console;
using TikTok.Local.Telemetry;
using TikTok.Local.Telemetry.Dashboard;
using TikTok.Local.Up.Demo;
using TikTok.Local.Up.Display;
using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up;

/// <summary><c>up</c>: starts and supervises the whole local service until Ctrl-C or SIGTERM.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var root = new Option<DirectoryInfo>("--root") { Description = "The repository.", DefaultValueFactory = _ => new DirectoryInfo(Environment.CurrentDirectory), Hidden = true };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where the state lives (default: .local in the repository)." };
        var port = new Option<int>("--port") { Description = "The API answers at http://127.0.0.1:PORT/api/v1.", DefaultValueFactory = _ => UpOptions.DefaultPort };
        var reset = new Option<bool>("--reset") { Description = "Forget the state first." };
        var noDemo = new Option<bool>("--no-demo") { Description = "Create no demo content." };
        var media = new Option<DirectoryInfo?>("--media") { Description = "Upload the clips of this directory too." };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 65_535) result.AddError("--port wants a number from 1 to 65535.");
        });
        media.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<DirectoryInfo?>() is { Exists: false } missing) result.AddError($"--media: there is no directory {missing.FullName}.");
        });

        var command = new Command("up", "Starts the whole service on this machine.") { data, port, reset, noDemo, media, root };
        command.SetAction((parsed, cancellationToken) =>
        {
            var repository = parsed.GetRequiredValue(root).FullName;
            return RunAsync(new UpOptions
            {
                Root = repository,
                Data = parsed.GetValue(data)?.FullName ?? Path.Combine(repository, ".local"),
                Port = parsed.GetValue(port),
                Reset = parsed.GetValue(reset),
                Demo = !parsed.GetValue(noDemo),
                Media = parsed.GetValue(media)?.FullName,
            }, TimeProvider.System, cancellationToken);
        });
        return command;
    }

    /// <returns>0 when it was asked to end, 1 when it could not start.</returns>
    private static async Task<int> RunAsync(UpOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        // A terminal that is closed sends neither Ctrl-C nor SIGTERM.
        using var hangup = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            hangup.Cancel();
        });
        var stop = hangup.Token;

        var started = time.GetTimestamp();
        using var data = TryOpen(options);
        if (data is null) return 1;
        if (!PortBook.IsFree(options.Port))
        {
            await Console.Error.WriteLineAsync($"up: port {options.Port} is taken on this machine; choose another with --port.");
            return 1;
        }

        var topology = new ServiceTopology(options, data, new PortBook(data.Ports), Secrets.LoadOrCreate(data.Secrets));
        LocalService? service = null;
        var queues = new QueueServiceClient(topology.Storage, new QueueClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(2) } });
        StatusCollector Collector() => new(time, () => service?.Services ?? [], queues);
        var seen = Collector();
        var display = new RecordingDisplay(CreateDisplay(Collector, time), seen);
        using var api = new HttpClient { BaseAddress = options.Api, Timeout = TimeSpan.FromSeconds(3) };
        var (traces, metrics) = (new TraceBoard(), new MetricBoard(time));
        await using var dashboard = new DashboardServer(topology.Dashboard.Port, traces, metrics, new DashboardData(traces, metrics, seen, api, time));
        await using var running = service = new LocalService(options, data, topology, display, time);

        using var ended = new CancellationTokenSource();
        var showing = display.RunAsync(ended.Token);
        string? failure = null;
        try
        {
            await dashboard.StartAsync(stop);
            await service.StartAsync(stop);
            await AnnounceAsync(options, data, topology, display, time, stop);
            display.Event($"ready in {time.GetElapsedTime(started).TotalSeconds:0.0} s");
            if (options.Demo) await CreateDemoAsync(options, data, topology, display, time, stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            display.Event("stopping");
        }
        catch (ServiceStartException e)
        {
            failure = e.Message;
        }

        await service.StopAsync();
        display.Event("stopped");
        await ended.CancelAsync();
        await showing;
        if (failure is null) return 0;
        await Console.Error.WriteLineAsync($"up: {failure}\nup: the logs are in {data.Logs}");
        return 1;
    }

    private static async Task AnnounceAsync(UpOptions options, DataDirectory data, ServiceTopology topology, IUpDisplay display, TimeProvider time, CancellationToken cancellationToken)
    {
        var demoClip = DemoClip.Rendered(data.Demo)[0].Path;
        await Walk.WriteAsync(data.Walk, options.Api, topology.Storage, demoClip, time, cancellationToken);
        display.Note($"API         {options.Api.ToString().TrimEnd('/')}   (GET health, openapi.json)");
        display.Note($"Dashboard   {topology.Dashboard}   (parts, queues, traces, errors, metrics)");
        display.Note($"Blobs       {topology.BlobEndpoint}");
        display.Note($"Logs        {data.Logs}");
        if (options.Demo) display.Note($"Demo login  {DemoContent.Creator.Username} / {DemoContent.Creator.Password}, and {DemoContent.Friend.Username} / {DemoContent.Friend.Password}");
        if (options.Demo) display.Note($"Demo admin  {DemoStaff.Admin.Username} / {DemoStaff.Admin.Password}");
        display.Note($"Walk        {data.Walk} [CLIP]   (uploads a clip with curl and follows it through feed, counts and deletion)");
        display.Note($"            curl -s {options.Api}health");
        display.Note("Ctrl-C ends everything.");
    }

    /// <summary>Demo content is a courtesy: the service runs on without it.</summary>
    private static async Task CreateDemoAsync(UpOptions options, DataDirectory data, ServiceTopology topology, IUpDisplay display, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await new DemoStaff(options, topology.Configuration, time).CreateAsync(cancellationToken);
            await new DemoContent(options, data, display.Event, time).CreateAsync(cancellationToken);
            await new DemoCrowd(options, data, display.Event, time).SwipeAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or CosmosException or InvalidDataException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            display.Event($"demo: gave up, the next start goes on: {e.Message}");
        }
    }

    private static DataDirectory? TryOpen(UpOptions options)
    {
        try
        {
            var data = DataDirectory.Open(options.Data);
            if (options.Reset) data.Reset();
            return data;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"up: {e.Message}");
            return null;
        }
    }

    private static IUpDisplay CreateDisplay(Func<StatusCollector> collector, TimeProvider time) =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi
            ? new PlainDisplay(Console.Out)
            : new TerminalDisplay(AnsiConsole.Console, collector(), time);
}
