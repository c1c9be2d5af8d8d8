using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Telemetry;
using TikTok.Transcoder;
using TikTok.Transcoder.Encoding;
using TikTok.Transcoder.Jobs;
using TikTok.Transcoder.Probing;
using TikTok.Transcoder.Publishing;

if (args is not ["--queue", Queues.Probe or Queues.TranscodeJobs])
{
    await Console.Error.WriteLineAsync($"Usage: TikTok.Transcoder --queue {Queues.Probe}|{Queues.TranscodeJobs}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
using var logging = LoggerFactory.Create(builder => builder
    .Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId)
    .AddJsonConsole(console => console.IncludeScopes = true));
using var telemetry = TelemetryExport.Start("transcoder", configuration);
var log = logging.CreateLogger("TikTok.Transcoder");
var options = TranscoderOptions.From(configuration);
var time = TimeProvider.System;
var azure = new AzureClients(configuration);
using var cosmos = azure.Cosmos();
var queues = azure.Queues();
var blobs = new MediaBlobs(azure.Blobs());
var steps = new StepQueue(queues);

var prober = new Prober(options.Tools, options.Limits, time);
var encoder = new Encoder(options.Tools, time, logging.CreateLogger<Encoder>());

var queue = args[1];
Func<string, VideoJob> parse = queue == Queues.Probe
    ? new ProbeWork(blobs, prober, steps).Parse
    : new TranscodeWork(blobs, prober, encoder, steps, time, logging.CreateLogger<TranscodeWork>()).Parse;
var run = new JobRun(
    new JobQueue(queues, queue, options.Visibility, time, logging.CreateLogger<JobQueue>()),
    parse, steps, new VideoStore(cosmos), blobs, options, time, logging.CreateLogger<JobRun>());
try
{
    await run.RunAsync(stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (Exception e)
{
    // The message, if there was one, becomes visible again when its time is up.
    log.LogCritical(e, "The execution failed");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
