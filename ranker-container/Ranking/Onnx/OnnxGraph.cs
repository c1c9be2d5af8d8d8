using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Type = TikTok.Ranker.Ranking.Onnx.OnnxProto.ElementType;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>A computation under construction, to be written as an ONNX model. Values are known by their names.</summary>
internal sealed class OnnxGraph(string name)
{
    // Read by every ONNX Runtime since 1.15.
    private const long IrVersion = 8;
    private const long Opset = 17;

    private readonly List<ByteString> _nodes = [];
    private readonly List<ByteString> _constants = [];
    private readonly List<ByteString> _inputs = [];
    private readonly List<ByteString> _outputs = [];
    private int _values;

    /// <param name="shape">A number, or the name of a size that is known only when the model runs.</param>
    public string Input(string input, params object[] shape)
    {
        _inputs.Add(Description(input, Type.Float, shape));
        return input;
    }

    public string IndexInput(string input, params object[] shape)
    {
        _inputs.Add(Description(input, Type.Int32, shape));
        return input;
    }

    public void Output(string value, params object[] shape) => _outputs.Add(Description(value, Type.Float, shape));

    public string Constant(string constant, ReadOnlySpan<float> values, params long[] shape) => Constant(constant, Type.Float, MemoryMarshal.AsBytes(values), shape);

    public string Constant(ReadOnlySpan<long> values) => Constant(NewName("constant"), Type.Int64, MemoryMarshal.AsBytes(values), [values.Length]);

    public string Cast(string x, Type type, string? output = null) => Node("Cast", [x], ("to", (long)type), output);

    public string MatMul(string a, string b) => Node("MatMul", [a, b]);

    /// <summary>a·b + c, two-dimensional.</summary>
    public string Gemm(string a, string b, string c) => Node("Gemm", [a, b, c]);

    public string Relu(string x) => Node("Relu", [x]);

    public string Reshape(string x, params long[] shape) => Node("Reshape", [x, Constant(shape)]);

    public string Concat(int axis, params string[] parts) => Node("Concat", parts, ("axis", axis));

    public string Gather(string x, string indices, int axis) => Node("Gather", [x, indices], ("axis", axis));

    public string Transpose(string x, params long[] order) => Node("Transpose", [x], ("perm", order));

    /// <summary>Adds an operation.</summary>
    /// <param name="attributes">Of the values, <see cref="long"/> and <see cref="int"/> are written as an integer, an array of <see cref="long"/> as integers.</param>
    /// <param name="output">The name of its result; null for one that is given.</param>
    /// <returns>The name of its result.</returns>
    public string Node(string operation, IEnumerable<string> inputs, (string Name, object Value)? attribute = null, string? output = null)
    {
        output ??= NewName(operation);
        _nodes.Add(OnnxProto.Message(node =>
        {
            foreach (var input in inputs) node.Write(OnnxProto.Node.Input, input);
            node.Write(OnnxProto.Node.Output, output);
            node.Write(OnnxProto.Node.Name, output);
            node.Write(OnnxProto.Node.Operation, operation);
            if (attribute is { } a) node.Write(OnnxProto.Node.Attribute, Attribute(a.Name, a.Value));
        }));
        return output;
    }

    /// <param name="metadata">Kept in the file for whoever loads it.</param>
    public byte[] ToBytes(string producer, long version, IReadOnlyDictionary<string, string> metadata)
    {
        var graph = OnnxProto.Message(message =>
        {
            foreach (var node in _nodes) message.Write(OnnxProto.Graph.Node, node);
            message.Write(OnnxProto.Graph.Name, name);
            foreach (var constant in _constants) message.Write(OnnxProto.Graph.Initializer, constant);
            foreach (var input in _inputs) message.Write(OnnxProto.Graph.Input, input);
            foreach (var output in _outputs) message.Write(OnnxProto.Graph.Output, output);
        });
        return OnnxProto.Message(model =>
        {
            model.Write(OnnxProto.Model.IrVersion, IrVersion);
            model.Write(OnnxProto.Model.Producer, producer);
            model.Write(OnnxProto.Model.Version, version);
            model.Write(OnnxProto.Model.Graph, graph);
            model.Write(OnnxProto.Model.Opset, OnnxProto.Message(opset => opset.Write(OnnxProto.Opset.Version, Opset)));
            foreach (var (key, value) in metadata)
            {
                model.Write(OnnxProto.Model.Metadata, OnnxProto.Message(entry =>
                {
                    entry.Write(OnnxProto.Entry.Key, key);
                    entry.Write(OnnxProto.Entry.Value, value);
                }));
            }
        }).ToByteArray();
    }

    private string NewName(string of) => string.Create(CultureInfo.InvariantCulture, $"{of}_{_values++}");

    private string Constant(string constant, Type type, ReadOnlySpan<byte> values, ReadOnlySpan<long> shape)
    {
        var data = ByteString.CopyFrom(values);
        var dimensions = shape.ToArray();
        _constants.Add(OnnxProto.Message(tensor =>
        {
            foreach (var size in dimensions) tensor.Write(OnnxProto.Tensor.Dimension, size);
            tensor.Write(OnnxProto.Tensor.Type, (long)type);
            tensor.Write(OnnxProto.Tensor.Name, constant);
            tensor.Write(OnnxProto.Tensor.RawData, data);
        }));
        return constant;
    }

    private static ByteString Attribute(string name, object value) => OnnxProto.Message(attribute =>
    {
        attribute.Write(OnnxProto.Attribute.Name, name);
        if (value is long[] integers)
        {
            foreach (var integer in integers) attribute.Write(OnnxProto.Attribute.Integers, integer);
            attribute.Write(OnnxProto.Attribute.Type, OnnxProto.Attribute.TypeIntegers);
        }
        else
        {
            attribute.Write(OnnxProto.Attribute.Integer, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            attribute.Write(OnnxProto.Attribute.Type, OnnxProto.Attribute.TypeInteger);
        }
    });

    private static ByteString Description(string value, Type type, object[] shape) => OnnxProto.Message(description =>
    {
        description.Write(OnnxProto.Value.Name, value);
        description.Write(OnnxProto.Value.Type, OnnxProto.Message(typed => typed.Write(OnnxProto.Value.Tensor, OnnxProto.Message(tensor =>
        {
            tensor.Write(OnnxProto.Value.ElementType, (long)type);
            tensor.Write(OnnxProto.Value.Shape, OnnxProto.Message(sizes =>
            {
                foreach (var size in shape)
                {
                    sizes.Write(OnnxProto.Value.Dimension, OnnxProto.Message(dimension =>
                    {
                        if (size is string symbol) dimension.Write(OnnxProto.Value.Symbol, symbol);
                        else dimension.Write(OnnxProto.Value.Size, Convert.ToInt64(size, CultureInfo.InvariantCulture));
                    }));
                }
            }));
        }))));
    });
}
