using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TikTok.Core.Telemetry;

/// <summary>
/// Sends a process's spans and metrics by OTLP over HTTP, in batches and beside the work: a receiver that is away costs telemetry and nothing else. Where to
/// is the standard setting <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without it nothing is collected. <c>Telemetry__SampleRatio</c>: the share of traces, 0 to 1 (1).
/// </summary>
/// <remarks>
/// Whether a trace is taken follows from its id alone, so that all processes decide alike, and nobody outside decides by a flag in a header.
/// The SDK's other variables count as documented: <c>OTEL_BSP_SCHEDULE_DELAY</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>.
/// </remarks>
public sealed class TelemetryExport : IDisposable
{
    private const int FlushMilliseconds = 2_000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport(TracerProvider traces, MeterProvider metrics) => (_traces, _metrics) = (traces, metrics);

    /// <param name="service">The process's name in every trace: <c>functions</c>.</param>
    /// <param name="sources">Sources of spans besides the product's own.</param>
    /// <returns>null when there is nowhere to send to. Disposed at the end of the process: what is not sent yet is sent then.</returns>
    public static TelemetryExport? Start(string service, IConfiguration configuration, params string[] sources)
    {
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 } endpoint) return null;

        var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "tiktok");
        return new TelemetryExport(
            Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .SetSampler(new TraceIdRatioBasedSampler(Math.Clamp(configuration.GetValue("Telemetry:SampleRatio", 1.0), 0, 1)))
                .AddSource([Tracing.Name, .. sources])
                .AddOtlpExporter(options => SendTo(options, endpoint, "traces"))
                .Build(),
            Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(Metrics.Name)
                .AddOtlpExporter((options, reader) =>
                {
                    SendTo(options, endpoint, "metrics");

                    // What happened since the last export: what Application Insights adds up, and no state to be kept for processes that came and went.
                    reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
                })
                .Build());
    }

    private static void SendTo(OtlpExporterOptions options, string endpoint, string signal)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"{endpoint.TrimEnd('/')}/v1/{signal}");
    }

    public void Dispose()
    {
        _traces.Shutdown(FlushMilliseconds);
        _metrics.Shutdown(FlushMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
    }
}
