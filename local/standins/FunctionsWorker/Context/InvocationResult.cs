namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the function returned; setting the value replaces it.</summary>
public abstract class InvocationResult : InvocationResult<object>;

/// <inheritdoc cref="InvocationResult"/>
public abstract class InvocationResult<T>
{
    public abstract T? Value { get; set; }
}

/// <summary>Access to an execution's result from middleware.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new StoredResult(context.Invocation());

    /// <exception cref="InvalidOperationException">The result is not a <typeparamref name="T"/>.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context)
    {
        var invocation = context.Invocation();
        return invocation.Result is T
            ? new StoredResult<T>(invocation)
            : throw new InvalidOperationException(
                $"The result of {context.FunctionDefinition.Name} is {invocation.Result?.GetType().ToString() ?? "null"}, not {typeof(T)}.");
    }

    internal static InvocationState Invocation(this FunctionContext context) => context.Features.Get<InvocationState>()
        ?? throw new InvalidOperationException("This context does not belong to a running execution.");

    private sealed class StoredResult(InvocationState invocation) : InvocationResult
    {
        public override object? Value { get => invocation.Result; set => invocation.Result = value; }
    }

    private sealed class StoredResult<T>(InvocationState invocation) : InvocationResult<T>
    {
        public override T? Value { get => (T?)invocation.Result; set => invocation.Result = value; }
    }
}

/// <summary>The mutable part of one execution that middleware and host share.</summary>
internal sealed class InvocationState
{
    public object? Result { get; set; }
}
