using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace TikTok.Local.Functions.Hosting;

/// <summary>A function that the host runs.</summary>
/// <param name="Definition">What the worker sees.</param>
/// <param name="Trigger">The attribute on the trigger's parameter.</param>
/// <param name="Parameter">The trigger's parameter.</param>
/// <param name="Retry">The retry policy; null: none.</param>
internal sealed record HostedFunction(LoadedFunction Definition, TriggerBindingAttribute Trigger, ParameterInfo Parameter, RetryAttribute? Retry)
{
    public string Name => Definition.Name;

    /// <summary>Names this function's state in storage: receipts, timer status.</summary>
    public string FullName => Definition.EntryPoint;

    public string LogCategory => $"Function.{Name}";
}
