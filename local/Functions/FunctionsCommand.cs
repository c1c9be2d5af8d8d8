using System.CommandLine;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using TikTok.Local.Functions.Hosting;

namespace TikTok.Local.Functions;

/// <summary>
/// <c>functions</c>: the Functions host as a process of its own. Settings are environment variables of the names that app settings have in Azure.
/// It runs the functions project's own <c>Program</c>, unchanged.
/// </summary>
internal static class FunctionsCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Where the host keeps its keys.", Required = true };
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 7071 };
        var stopWithin = new Option<int>("--stop-within") { Description = "Seconds from SIGTERM to the end: all but the last drain.", DefaultValueFactory = _ => (int)LocalFunctionsHost.StopWithin.TotalSeconds };
        var app = new Option<FileInfo?>("--app") { Description = "The assembly of another Functions app than the product's.", Hidden = true };
        stopWithin.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 2)
            {
                result.AddError("--stop-within wants 2 or more.");
            }
        });
        var command = new Command("functions", "The Functions host: HTTP, queues, blobs, Event Hubs, timers and the change feed.") { data, port, stopWithin, app };
        command.SetAction(parsed => RunAsync(
            parsed.GetValue(app) is { } file ? Assembly.LoadFrom(file.FullName) : Assembly.Load("TikTok.Functions"),
            parsed.GetRequiredValue(data).FullName, parsed.GetValue(port), TimeSpan.FromSeconds(parsed.GetValue(stopWithin))));
        return command;
    }

    private static async Task<int> RunAsync(Assembly worker, string data, int port, TimeSpan stopWithin)
    {
        var entry = worker.EntryPoint ?? throw new InvalidOperationException($"{worker.GetName().Name} has no Program.");
        var options = new LocalHostOptions(
            worker.GetName().Name!, worker.GetTypes(), Path.Combine(AppContext.BaseDirectory, "host.json"), Path.Combine(data, "functions"), port,
            StopWithin: stopWithin);
        try
        {
            WorkerHosting.Current = new LocalFunctionsHost(options);

            // The runtime makes a synchronous entry point even of an async Program.
            return entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]) as int? ?? 0;
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is InvalidFunctionsException or InvalidDataException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(wrapped.InnerException.Message);
            return 1;
        }
    }
}
