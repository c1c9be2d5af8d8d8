namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>The rest of the pipeline.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>A step around every execution. One instance serves all executions.</summary>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
