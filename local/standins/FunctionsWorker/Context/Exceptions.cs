namespace Microsoft.Azure.Functions.Worker;

/// <summary>The worker could not run a function.</summary>
public class FunctionWorkerException : Exception
{
    public FunctionWorkerException(string message)
        : base(message)
    {
    }

    public FunctionWorkerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>What triggered the function could not be turned into its arguments.</summary>
public class FunctionInputConverterException : FunctionWorkerException
{
    public FunctionInputConverterException(string message)
        : base(message)
    {
    }

    public FunctionInputConverterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
