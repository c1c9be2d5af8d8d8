using System.ComponentModel;
using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Context.Features;

namespace TikTok.Local.Functions.Binding;

/// <summary>Makes the arguments of one execution: the trigger, the context, the token, then metadata by name.</summary>
internal sealed class ArgumentBinding(string triggerParameter, TriggerInput input) : IFunctionInputBindingFeature
{
    public async ValueTask<FunctionInputBindingResult> BindFunctionInputAsync(FunctionContext context)
    {
        var parameters = context.FunctionDefinition.Parameters;
        var values = new object?[parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = await ValueAsync(parameters[i], context);
        }

        return new FunctionInputBindingResult(values);
    }

    /// <summary>Whether text can be turned into this type, so that a parameter may bind to a part of a route or path.</summary>
    public static bool CanConvert(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target == typeof(string) || target == typeof(object) || TypeDescriptor.GetConverter(target).CanConvertFrom(typeof(string));
    }

    private async ValueTask<object?> ValueAsync(FunctionParameter parameter, FunctionContext context)
    {
        if (parameter.Type == typeof(FunctionContext))
        {
            return context;
        }

        if (parameter.Type == typeof(CancellationToken))
        {
            return context.CancellationToken;
        }

        try
        {
            if (string.Equals(parameter.Name, triggerParameter, StringComparison.Ordinal))
            {
                return await input.BindAsync(parameter.Type, context.CancellationToken);
            }

            if (input.BindingData.TryGetValue(parameter.Name, out var value) && value is not null)
            {
                return parameter.Type.IsInstanceOfType(value) ? value : Parse(value, parameter.Type);
            }
        }
        catch (Exception error) when (error is not (OperationCanceledException or Azure.RequestFailedException))
        {
            throw new FunctionInputConverterException(
                $"Cannot bind parameter '{parameter.Name}' of {context.FunctionDefinition.Name} to {parameter.Type}: {error.Message}", error);
        }

        if (parameter.HasDefaultValue)
        {
            return parameter.DefaultValue;
        }

        return parameter.IsReferenceOrNullableType
            ? null
            : throw new FunctionInputConverterException(
                $"Nothing gives parameter '{parameter.Name}' of {context.FunctionDefinition.Name} a value. Give it a default or make it nullable.");
    }

    private static object? Parse(object value, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        var text = System.Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return target == typeof(string) ? text : TypeDescriptor.GetConverter(target).ConvertFromInvariantString(text);
    }
}
