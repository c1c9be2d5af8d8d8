using System.Text.Json;
using TikTok.Local.Cosmos.Protocol;

namespace TikTok.Local.Cosmos;

/// <summary>Which requests a fault is for; what is null matches every request.</summary>
internal sealed record FaultMatch(string? Container, string? Operation, string? Method)
{
    public bool Covers(string container, string operation, string method) =>
        Is(Container, container) && Is(Operation, operation) && Is(Method, method);

    private static bool Is(string? expected, string actual) =>
        expected is null || string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase);
}

/// <summary>When a fault cuts the connection: before the work is done, or after it, when the client cannot know whether it was.</summary>
internal enum FaultDrop
{
    None,
    Before,
    After,
}

/// <summary>One fault, as <c>POST /_faults</c> takes it.</summary>
internal sealed record Fault
{
    public FaultMatch Match { get; init; } = new(null, null, null);

    /// <summary>The status to answer with (429, 449, 503, …) in place of the work; null does the work.</summary>
    public int? Status { get; init; }

    public int SubStatus { get; init; }

    public int? RetryAfterMs { get; init; }

    /// <summary>Chance, 0 to 1, that a matching request meets the fault.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>How many requests may meet it; null for any number.</summary>
    public int? Count { get; init; }

    public int DelayMs { get; init; }

    public FaultDrop Drop { get; init; }

    public CosmosFailure? ToFailure() => Status switch
    {
        null => null,
        429 => new CosmosFailure(429, "TooManyRequests", "Request rate is large. More Request Units may be needed.",
            SubStatus == 0 ? CosmosFailure.RequestRateTooLarge : SubStatus)
        { RetryAfterMilliseconds = RetryAfterMs ?? 10 },
        449 => new CosmosFailure(449, "RetryWith", "Conflicting request to resource has been attempted. Retry to avoid conflicts.", SubStatus)
        { RetryAfterMilliseconds = RetryAfterMs },
        { } status => new CosmosFailure(status, "InjectedFault", "This failure was asked for by POST /_faults.", SubStatus)
        { RetryAfterMilliseconds = RetryAfterMs },
    };
}

/// <summary>The faults that are set. Requests meet the first that matches.</summary>
internal sealed class FaultRules
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private volatile bool _any;

    /// <exception cref="JsonException">The body is no fault.</exception>
    public void Add(ReadOnlySpan<byte> json)
    {
        var fault = JsonSerializer.Deserialize<Fault>(json, Format) ?? throw new JsonException("The fault is null.");
        lock (_gate)
        {
            _faults.Add((fault, fault.Count ?? int.MaxValue));
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            _any = false;
        }
    }

    /// <summary>The faults that are set, as a JSON array.</summary>
    public string ToJson()
    {
        lock (_gate)
        {
            return JsonSerializer.Serialize(_faults.Where(static one => one.Left > 0).Select(static one => one.Fault), Format);
        }
    }

    /// <summary>The fault that a request meets, counted; null for most.</summary>
    public Fault? Take(string container, string operation, string method)
    {
        if (!_any)
            return null;

        lock (_gate)
        {
            for (var i = 0; i < _faults.Count; i++)
            {
                var (fault, left) = _faults[i];
                if (left == 0 || !fault.Match.Covers(container, operation, method) || Random.Shared.NextDouble() >= fault.Probability)
                    continue;
                _faults[i] = (fault, left - 1);
                return fault;
            }
        }

        return null;
    }
}
