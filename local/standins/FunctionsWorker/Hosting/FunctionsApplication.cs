namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Entry to an isolated worker's <c>Program</c>.</summary>
public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
