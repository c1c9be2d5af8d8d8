namespace Microsoft.Azure.Functions.Worker.Context.Features;

/// <summary>The arguments of an execution, in the order of the method's parameters.</summary>
public class FunctionInputBindingResult(object?[] values)
{
    public object?[] Values { get; } = values;
}

/// <summary>Turns what triggered an execution into the function's arguments.</summary>
public interface IFunctionInputBindingFeature
{
    ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context);
}
