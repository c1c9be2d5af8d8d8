using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A function found in an assembly.</summary>
internal sealed class LoadedFunction(
    string name,
    MethodInfo method,
    IImmutableDictionary<string, BindingMetadata> inputs,
    IImmutableDictionary<string, BindingMetadata> outputs) : FunctionDefinition
{
    public MethodInfo Method { get; } = method;

    public override ImmutableArray<FunctionParameter> Parameters { get; } =
    [
        .. method.GetParameters().Select(p => new FunctionParameter(p.Name!, p.ParameterType, p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null)),
    ];

    public override string PathToAssembly { get; } = method.Module.Assembly.Location;

    public override string EntryPoint { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string Id { get; } = name;

    public override string Name { get; } = name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } = inputs;

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } = outputs;
}

internal sealed class LoadedBinding(string name, string type, BindingDirection direction) : BindingMetadata
{
    public override string Name { get; } = name;

    public override string Type { get; } = type;

    public override BindingDirection Direction { get; } = direction;
}

/// <summary>The context of one running execution; it owns the service scope.</summary>
internal sealed class RunningContext : FunctionContext, IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;

    public RunningContext(
        IServiceProvider services,
        FunctionDefinition function,
        FunctionInvocation invocation,
        RetryContext retry,
        IReadOnlyDictionary<string, object?> bindingData,
        CancellationToken cancellationToken)
    {
        _scope = services.CreateAsyncScope();
        InstanceServices = _scope.ServiceProvider;
        FunctionDefinition = function;
        InvocationId = invocation.Id;
        FunctionId = invocation.FunctionId;
        TraceContext = invocation.TraceContext;
        RetryContext = retry;
        BindingContext = new TriggerData(bindingData);
        CancellationToken = cancellationToken;
        Features.Set(invocation);
        Features.Set(function);
        Features.Set(new InvocationState());
    }

    public override string InvocationId { get; }

    public override string FunctionId { get; }

    public override TraceContext TraceContext { get; }

    public override BindingContext BindingContext { get; }

    public override RetryContext RetryContext { get; }

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition { get; }

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new FeatureSet();

    public override CancellationToken CancellationToken { get; }

    public ValueTask DisposeAsync() => _scope.DisposeAsync();

    private sealed class TriggerData(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData { get; } = data;
    }

    private sealed class FeatureSet : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public void Set<T>(T instance)
        {
            ArgumentNullException.ThrowIfNull(instance);
            _features[typeof(T)] = instance;
        }

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

internal sealed class RunningInvocation(string id, string functionId, string traceParent, string traceState) : FunctionInvocation
{
    public override string Id { get; } = id;

    public override string FunctionId { get; } = functionId;

    public override TraceContext TraceContext { get; } = new W3CTrace(traceParent, traceState);

    private sealed class W3CTrace(string parent, string state) : TraceContext
    {
        public override string TraceParent { get; } = parent;

        public override string TraceState { get; } = state;
    }
}

internal sealed class RunningRetry(int retryCount, int maxRetryCount) : RetryContext
{
    public override int RetryCount { get; } = retryCount;

    public override int MaxRetryCount { get; } = maxRetryCount;
}
