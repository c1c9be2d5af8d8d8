using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>Takes the weights back out of a file of <see cref="OnnxModelWriter"/>.</summary>
public static class OnnxModelReader
{
    /// <exception cref="InvalidModelException">It is no ONNX file, or one of another network, or a weight is missing or not finite.</exception>
    public static (DlrmWeights Weights, long Version) Read(byte[] file)
    {
        try
        {
            return ReadModel(file);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidModelException("The file is no ONNX model, or not all of one.", e);
        }
    }

    private static (DlrmWeights Weights, long Version) ReadModel(byte[] file)
    {
        ByteString? graph = null;
        long? version = null;
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        Each(file, (field, input) =>
        {
            switch (field)
            {
                case OnnxProto.Model.Version: version = input.ReadInt64(); return true;
                case OnnxProto.Model.Graph: graph = input.ReadBytes(); return true;
                case OnnxProto.Model.Metadata:
                    var (key, value) = ReadEntry(input.ReadBytes());
                    metadata[key] = value;
                    return true;
                default: return false;
            }
        });
        if (graph is null || version is null) throw new InvalidModelException("The file is no ONNX model, or not all of one.");
        if (metadata.GetValueOrDefault(OnnxNames.ShapeKey) != OnnxModelWriter.ShapeHash)
            throw new InvalidModelException("The model is of another network than the one that runs here.");
        return (ReadWeights(graph), version.Value);
    }

    private static DlrmWeights ReadWeights(ByteString graph)
    {
        var weights = new DlrmWeights();
        var missing = weights.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        Each(graph.Memory, (field, input) =>
        {
            if (field != OnnxProto.Graph.Initializer) return false;
            var (name, data) = ReadTensor(input.ReadBytes());
            if (!missing.Remove(name, out var tensor)) return true;
            if (data.Length != tensor.Values.Length * sizeof(float)) throw new InvalidModelException($"The weights {name} are of another size.");
            MemoryMarshal.Cast<byte, float>(data.Span).CopyTo(tensor.Values);
            if (!TensorPrimitives.IsFiniteAll<float>(tensor.Values)) throw new InvalidModelException($"The weights {name} are not all finite.");
            return true;
        });
        if (missing.Count > 0) throw new InvalidModelException($"The model lacks the weights {missing.Keys.First()}.");
        return weights;
    }

    private static (string Name, ByteString Data) ReadTensor(ByteString message)
    {
        var (name, data) = ("", ByteString.Empty);
        Each(message.Memory, (field, input) =>
        {
            switch (field)
            {
                case OnnxProto.Tensor.Name: name = input.ReadString(); return true;
                case OnnxProto.Tensor.RawData: data = input.ReadBytes(); return true;
                default: return false;
            }
        });
        return (name, data);
    }

    private static (string Key, string Value) ReadEntry(ByteString message)
    {
        var (key, value) = ("", "");
        Each(message.Memory, (field, input) =>
        {
            switch (field)
            {
                case OnnxProto.Entry.Key: key = input.ReadString(); return true;
                case OnnxProto.Entry.Value: value = input.ReadString(); return true;
                default: return false;
            }
        });
        return (key, value);
    }

    /// <param name="read">Reads the field and answers true, or leaves it and answers false.</param>
    private static void Each(ReadOnlyMemory<byte> message, Func<int, CodedInputStream, bool> read)
    {
        if (!MemoryMarshal.TryGetArray(message, out var bytes)) bytes = message.ToArray();
        using var input = new CodedInputStream(bytes.Array!, bytes.Offset, bytes.Count);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (!read(WireFormat.GetTagFieldNumber(tag), input)) input.SkipLastField();
        }
    }
}
