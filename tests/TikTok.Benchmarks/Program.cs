using System.CommandLine;
using Spectre.Console;
using TikTok.Benchmarks;
using TikTok.Benchmarks.Degradation;
using TikTok.Benchmarks.Embeddings;
using TikTok.Benchmarks.Harness;
using TikTok.Benchmarks.Hnsw;
using TikTok.Benchmarks.People;
using TikTok.Benchmarks.Prefetch;
using TikTok.Benchmarks.Quality;
using TikTok.Benchmarks.Rank;
using TikTok.Benchmarks.Restart;
using TikTok.Benchmarks.Simulate;
using TikTok.Benchmarks.Space;

// `tests/bench` lists, `tests/bench NAME [--json FILE]` runs one. A new benchmark is one more line here.
IReadOnlyList<IBenchmark> benchmarks =
[
    new CosmosBenchmark(),
    new CountsBenchmark(),
    new DegradationBenchmark(),
    new FeedBenchmark(),
    new HnswBenchmark(),
    new IdleBenchmark(),
    new LimitsBenchmark(),
    new LadderBenchmark(),
    new PeopleBenchmark(),
    new PrefetchBenchmark(),
    new QualityBenchmark(),
    new RankBenchmark(),
    new RestartBenchmark(),
    new RoutesBenchmark(),
    new SimulateBenchmark(),
    new SpaceBenchmark(),
    new TableBenchmark(),
    new TriggersBenchmark(),
];

var name = new Argument<string?>("name") { Description = "The benchmark; without it, the list.", Arity = ArgumentArity.ZeroOrOne };
var json = new Option<string?>("--json") { Description = "Also write the figures to this file." };
var options = benchmarks.SelectMany(benchmark => benchmark.Options).DistinctBy(option => option.Name)
    .Select(option => new Option<string?>(option.Name) { Description = option.Description }).ToList();
var root = new RootCommand("The benchmarks of the local service.") { name, json };
options.ForEach(root.Options.Add);
var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
if (Console.IsOutputRedirected) console.Profile.Width = 200;
var runner = new BenchmarkRunner(benchmarks, console, TimeProvider.System);
root.SetAction((parsed, cancellationToken) => parsed.GetValue(name) is { } chosen
    ? runner.RunAsync(chosen, parsed.GetValue(json), Given(parsed), cancellationToken)
    : Task.FromResult(runner.List()));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });

IReadOnlyDictionary<string, string> Given(ParseResult parsed) => options
    .Where(option => parsed.GetValue(option) is not null).ToDictionary(option => option.Name, option => parsed.GetValue(option)!, StringComparer.Ordinal);
