using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>One execution of a function: what started it, its services and its cancellation.</summary>
public abstract class FunctionContext
{
    public abstract string InvocationId { get; }

    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }

    public abstract BindingContext BindingContext { get; }

    public abstract RetryContext RetryContext { get; }

    /// <summary>The services of this execution's scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>Shared by the middleware and the function of this one execution.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    public abstract IInvocationFeatures Features { get; }

    /// <summary>Cancelled when the host stops, the function times out, or the HTTP client goes away.</summary>
    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}

/// <summary>The trigger's metadata by name: <c>DequeueCount</c>, <c>name</c>, route values, …</summary>
public abstract class BindingContext
{
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>W3C trace context of the execution.</summary>
public abstract class TraceContext
{
    public abstract string TraceParent { get; }

    public abstract string TraceState { get; }

    public virtual IReadOnlyDictionary<string, string> Attributes => ImmutableDictionary<string, string>.Empty;

    public virtual IReadOnlyDictionary<string, string> Baggage => ImmutableDictionary<string, string>.Empty;
}

/// <summary>Which attempt this execution is under the function's retry policy.</summary>
public abstract class RetryContext
{
    /// <summary>0 for the first attempt.</summary>
    public abstract int RetryCount { get; }

    /// <summary>-1 without limit.</summary>
    public abstract int MaxRetryCount { get; }
}

/// <summary>The id, function and trace of an execution, as the host announced it.</summary>
public abstract class FunctionInvocation
{
    public abstract string Id { get; }

    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }
}

/// <summary>Typed extras of an execution.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    void Set<T>(T instance);

    T? Get<T>();
}
