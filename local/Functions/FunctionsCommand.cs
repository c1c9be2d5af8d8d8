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
        var command = new Command("functions", "The Functions host: HTTP, queues, blobs, Event Hubs, timers and the change feed.") { data, port };
        command.SetAction(parsed => RunAsync(parsed.GetRequiredValue(data).FullName, parsed.GetValue(port)));
        return command;
    }

    private static async Task<int> RunAsync(string data, int port)
    {
        var worker = Assembly.Load("TikTok.Functions");
        var entry = worker.EntryPoint ?? throw new InvalidOperationException($"{worker.GetName().Name} has no Program.");
        var options = new LocalHostOptions(
            worker.GetName().Name!, worker.GetTypes(), Path.Combine(AppContext.BaseDirectory, "host.json"), Path.Combine(data, "functions"), port);
        try
        {
            WorkerHosting.Current = new LocalFunctionsHost(options);

            // The runtime makes a synchronous entry point even of an async Program.
            var returned = entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            return returned switch
            {
                int code => code,
                Task<int> task => await task,
                Task task => await CompletedAsync(task),
                _ => 0,
            };
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is InvalidFunctionsException or InvalidDataException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(wrapped.InnerException.Message);
            return 1;
        }

        static async Task<int> CompletedAsync(Task task)
        {
            await task;
            return 0;
        }
    }
}
