using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Settings of the worker.</summary>
public class WorkerOptions
{
    /// <summary>Turns trigger payloads into typed parameters. Default: System.Text.Json, property names in any case.</summary>
    public ObjectSerializer? Serializer { get; set; }
}
