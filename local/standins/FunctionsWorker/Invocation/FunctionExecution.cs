using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Azure.Functions.Worker.Context.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Creates the instance that a function's method is called on, once per execution.</summary>
    public interface IFunctionActivator
    {
        object? CreateInstance(Type instanceType, FunctionContext context);
    }

    internal sealed class ServiceActivator : IFunctionActivator
    {
        public object? CreateInstance(Type instanceType, FunctionContext context) =>
            ActivatorUtilities.CreateInstance(context.InstanceServices, instanceType);
    }
}

namespace Microsoft.Azure.Functions.Worker.Core.Invocation
{
    /// <summary>Typed creation.</summary>
    public static class FunctionActivatorExtensions
    {
        public static T? CreateInstance<T>(this IFunctionActivator activator, FunctionContext context)
            where T : class => activator.CreateInstance(typeof(T), context) as T;
    }
}

namespace Microsoft.Azure.Functions.Worker.Invocation
{
    /// <summary>The innermost step of the pipeline: binds the arguments and calls the method.</summary>
    public interface IFunctionExecutor
    {
        ValueTask ExecuteAsync(FunctionContext context);
    }

    internal sealed class MethodExecutor(IFunctionActivator activator) : IFunctionExecutor
    {
        private readonly ConcurrentDictionary<MethodInfo, MethodInvoker> _invokers = new();

        public async ValueTask ExecuteAsync(FunctionContext context)
        {
            var method = ((LoadedFunction)context.FunctionDefinition).Method;
            var instance = method.IsStatic ? null : activator.CreateInstance(method.DeclaringType!, context);
            var binding = context.Features.Get<IFunctionInputBindingFeature>()
                ?? throw new FunctionWorkerException($"Nothing binds the arguments of {context.FunctionDefinition.Name}.");
            var arguments = await binding.BindFunctionInputAsync(context);
            var returned = _invokers.GetOrAdd(method, MethodInvoker.Create).Invoke(instance, arguments.Values.AsSpan());
            context.Invocation().Result = returned is Task task ? await ValueOfAsync(task, method.ReturnType) : returned;
        }

        private static async Task<object?> ValueOfAsync(Task task, Type declared)
        {
            await task;
            return declared.IsGenericType ? declared.GetProperty("Result")!.GetValue(task) : null;
        }
    }
}
