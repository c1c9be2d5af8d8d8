using System.CommandLine;
using Spectre.Console;
using TikTok.Benchmarks;
using TikTok.Benchmarks.Embeddings;
using TikTok.Benchmarks.Harness;

// `tests/bench` lists, `tests/bench NAME [--json FILE]` runs one. A new benchmark is one more line here.
IReadOnlyList<IBenchmark> benchmarks =
[
    new CosmosBenchmark(),
    new CountsBenchmark(),
    new FeedBenchmark(),
    new IdleBenchmark(),
    new LimitsBenchmark(),
    new LadderBenchmark(),
    new RoutesBenchmark(),
    new TableBenchmark(),
    new TriggersBenchmark(),
];

var name = new Argument<string?>("name") { Description = "The benchmark; without it, the list.", Arity = ArgumentArity.ZeroOrOne };
var json = new Option<string?>("--json") { Description = "Also write the figures to this file." };
var root = new RootCommand("The benchmarks of the local service.") { name, json };
var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
if (Console.IsOutputRedirected) console.Profile.Width = 200;
var runner = new BenchmarkRunner(benchmarks, console, TimeProvider.System);
root.SetAction((parsed, cancellationToken) => parsed.GetValue(name) is { } chosen
    ? runner.RunAsync(chosen, parsed.GetValue(json), cancellationToken)
    : Task.FromResult(runner.List()));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
