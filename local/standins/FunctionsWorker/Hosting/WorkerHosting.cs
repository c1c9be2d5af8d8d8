using Microsoft.AspNetCore.Builder;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a Functions host in the same process adds to the worker's application.</summary>
internal interface IWorkerHosting
{
    /// <summary>Called first: settings and logging that <c>Program</c> may read.</summary>
    void Configure(WebApplicationBuilder builder);

    /// <summary>Called when <c>Program</c> has added all it wants. <paramref name="web"/>: ASP.NET Core integration was asked for.</summary>
    void AddServices(WebApplicationBuilder builder, bool web);

    /// <summary>Called with the built application, before it starts.</summary>
    void Map(WebApplication application);
}

/// <summary>The host on whose behalf the current flow of execution runs a worker's <c>Program</c>.</summary>
internal static class WorkerHosting
{
    private static readonly AsyncLocal<IWorkerHosting?> Flowing = new();

    public static IWorkerHosting? Current { get => Flowing.Value; set => Flowing.Value = value; }
}
