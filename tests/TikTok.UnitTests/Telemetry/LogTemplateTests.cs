using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Azure.Cosmos;
using TikTok.Core.Telemetry;
using TikTok.UnitTests.Infra;

namespace TikTok.UnitTests.Telemetry;

/// <summary>No log line of the product has a place for what is about persons.</summary>
public sealed partial class LogTemplateTests
{
    private static readonly string[] Rooms = ["core", "functions", "transcoder-container", "ranker-container"];

    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "username", "name", "displayname", "filename", "bio", "title", "description", "text", "comment", "hashtags", "caption", "email", "phone", "birthdate",
        "address", "clientaddress", "ip", "ipaddress", "remoteaddress", "useragent", "device", "country", "token", "accesstoken", "refreshtoken", "secret", "password", "key", "signature",
        "sas", "url", "uri", "uploadurl", "query", "header", "headers", "authorization", "body", "message", "content", "request", "account", "caller", "user",
    };

    [Fact]
    public void No_template_has_a_placeholder_for_personal_data()
    {
        var templates = Sources().SelectMany(source => Log().Matches(source.Text).Select(m => (source.File, Template: m.Groups["template"].Value))).ToList();

        Assert.InRange(templates.Count, 20, 1_000);
        Assert.All(templates, t => Assert.All(Placeholder().Matches(t.Template), p => Assert.DoesNotContain(p.Groups["name"].Value, Forbidden)));
        Assert.All(templates, t => Assert.DoesNotContain("$\"", t.Template, StringComparison.Ordinal));
    }

    [Fact]
    public void No_template_is_put_together_at_run_time() =>
        Assert.All(Sources(), source => Assert.DoesNotMatch(@"\bLog(Trace|Debug|Information|Warning|Error|Critical)\((\w+(\.\w+\(\))?, )?\$""", source.Text));

    [Fact]
    public void Functions_log_exceptions_without_what_the_database_prints_about_its_requests() =>
        Assert.All(
            Sources().Where(source => source.File.Contains("/functions/", StringComparison.Ordinal)),
            source => Assert.DoesNotMatch(@"\bLog(Warning|Error|Critical)\(\w+, """, source.Text));

    [Fact]
    public void A_database_exception_keeps_what_failed_and_loses_whose_it_was()
    {
        var thrown = Thrown(new CosmosException("GET dbs/tiktok/colls/usernames/docs/ada_lovelace", HttpStatusCode.ServiceUnavailable, 21, "activity-1", 0));

        var logged = thrown.WithoutData();

        Assert.DoesNotContain("ada_lovelace", logged.ToString(), StringComparison.Ordinal);
        Assert.Contains("503/21, activity activity-1", logged.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), logged.StackTrace!, StringComparison.Ordinal);
        Assert.DoesNotContain("ada_lovelace", new InvalidOperationException("no", thrown).WithoutData().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_exceptions_are_logged_as_they_are()
    {
        var thrown = new TimeoutException("late");

        Assert.Same(thrown, thrown.WithoutData());
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static IEnumerable<(string File, string Text)> Sources() => Rooms
        .SelectMany(room => Directory.EnumerateFiles(Path.Combine(Bicep.RepositoryRoot, room), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .Select(file => (file, File.ReadAllText(file)));

    [GeneratedRegex("""(?:LoggerMessage\([^)"]*|\bLog(?:Trace|Debug|Information|Warning|Error|Critical)\([^"$;]*)"(?<template>[^"]*)"(?=[,)])""", RegexOptions.None, 1000)]
    private static partial Regex Log();

    [GeneratedRegex(@"\{(?<name>\w+)", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
