using System.CommandLine;
using TikTok.Functions.Accounts;

namespace TikTok.Local.Passwords;

/// <summary><c>passwords</c>: makes a filter of breached passwords for setting <c>Passwords__BreachedFilter</c>.</summary>
internal static class PasswordsCommand
{
    public static Command Create()
    {
        var lists = new Argument<FileInfo[]>("lists") { Description = "Files of UTF-8 lines, each a SHA-1 in 40 hex digits, which may have ':' and a count behind it, or a password.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<FileInfo>("--out") { Description = "The filter's file.", Required = true };
        var falsePositives = new Option<double>("--false-positives") { Description = "With which probability a password of no list is refused.", DefaultValueFactory = _ => 0.0001 };
        var minCount = new Option<long>("--min-count") { Description = "Leave out digests whose count is lower.", DefaultValueFactory = _ => 1 };
        lists.AcceptExistingOnly();
        falsePositives.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 1)) result.AddError("--false-positives wants a probability above 0 and below 1.");
        });

        var command = new Command("passwords", "Makes a filter of breached passwords from lists of them.") { lists, output, falsePositives, minCount };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(lists), parsed.GetRequiredValue(output), parsed.GetValue(falsePositives), parsed.GetValue(minCount)));
        return command;
    }

    private static int Run(IReadOnlyList<FileInfo> files, FileInfo output, double falsePositives, long minCount)
    {
        try
        {
            var filter = BreachedPasswordList.BuildFilter(() => files.SelectMany(file => File.ReadLines(file.FullName)), falsePositives, minCount);

            // Whoever reads the old file meanwhile keeps a whole one.
            var partial = output.FullName + ".partial";
            using (var file = File.Create(partial)) filter.Write(file);
            File.Move(partial, output.FullName, overwrite: true);
            Console.Out.WriteLine($"{filter.Entries} entries, {filter.Bytes} bytes: {output.FullName}");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            Console.Error.WriteLine($"passwords: {e.Message}");
            return 1;
        }
    }
}
