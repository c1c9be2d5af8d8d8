using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace TikTok.Local.Functions.Hosting;

/// <summary>One line per entry: UTC time, level, category or the running function with its invocation, and the message.</summary>
internal sealed class InvocationConsole(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "invocation";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        var source = entry.Category;
        scopes?.ForEachScope((scope, _) => source = scope is InvocationScope invocation ? $"{invocation.FunctionName} {invocation.InvocationId}" : source, 0);
        var level = entry.LogLevel switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
        writer.Write($"{time.GetUtcNow():HH:mm:ss.fff} {level} {source}: {entry.Formatter(entry.State, entry.Exception)}");
        if (entry.Exception is not null)
        {
            writer.Write(' ');
            writer.Write(entry.Exception.ToString().ReplaceLineEndings(" | "));
        }

        writer.WriteLine();
    }
}
