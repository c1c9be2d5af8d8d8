using System.Text;
using Azure.Core.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace TikTok.Local.Functions.Binding;

/// <summary>Turns a payload into the type of a parameter: text, bytes, or an object by the worker's serializer.</summary>
internal sealed class PayloadConverter(IOptions<WorkerOptions> options)
{
    private readonly ObjectSerializer _serializer = options.Value.Serializer!;

    public object? Convert(BinaryData payload, Type target)
    {
        if (target == typeof(string))
        {
            return Encoding.UTF8.GetString(payload.ToMemory().Span);
        }

        if (target == typeof(BinaryData))
        {
            return payload;
        }

        if (target == typeof(byte[]))
        {
            return payload.ToArray();
        }

        if (target == typeof(ReadOnlyMemory<byte>))
        {
            return payload.ToMemory();
        }

        return target == typeof(Stream)
            ? payload.ToStream()
            : _serializer.Deserialize(payload.ToStream(), target, CancellationToken.None);
    }

    /// <summary>One array of <paramref name="element"/> from several payloads.</summary>
    public Array ConvertAll(IReadOnlyList<BinaryData> payloads, Type element)
    {
        var array = Array.CreateInstance(element, payloads.Count);
        for (var i = 0; i < payloads.Count; i++)
        {
            array.SetValue(Convert(payloads[i], element), i);
        }

        return array;
    }
}
