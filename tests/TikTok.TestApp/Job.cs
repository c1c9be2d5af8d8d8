using System.Diagnostics;
using Azure.Storage.Queues;

namespace TikTok.TestApp;

/// <summary>A container job: takes one message, starts a program of its own as the transcoder starts ffmpeg, and deletes the message when all is done.</summary>
internal static class Job
{
    /// <summary>A message whose execution was killed comes again this soon.</summary>
    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(string name, Ledger ledger)
    {
        var queue = new QueueClient(Environment.GetEnvironmentVariable("Storage"), name);
        if ((await queue.ReceiveMessageAsync(Hidden)).Value is not { } message)
        {
            return;
        }

        using var tool = Process.Start("sleep", "1000");
        ledger.Write($"process {Environment.ProcessId}");
        ledger.Write($"process {tool.Id}");
        await ledger.WorkAsync(message.Body.ToString(), CancellationToken.None);
        tool.Kill();
        await tool.WaitForExitAsync();
        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
    }
}
