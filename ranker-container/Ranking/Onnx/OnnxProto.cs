using Google.Protobuf;

namespace TikTok.Ranker.Ranking.Onnx;

/// <summary>The numbers of the fields that are written and read here, from onnx.proto (github.com/onnx/onnx, IR version 8), message by message.</summary>
internal static class OnnxProto
{
    public static class Model
    {
        public const int IrVersion = 1;
        public const int Producer = 2;
        public const int Version = 5;
        public const int Graph = 7;
        public const int Opset = 8;
        public const int Metadata = 14;
    }

    public static class Opset
    {
        public const int Version = 2;
    }

    public static class Entry
    {
        public const int Key = 1;
        public const int Value = 2;
    }

    public static class Graph
    {
        public const int Node = 1;
        public const int Name = 2;
        public const int Initializer = 5;
        public const int Input = 11;
        public const int Output = 12;
    }

    public static class Node
    {
        public const int Input = 1;
        public const int Output = 2;
        public const int Name = 3;
        public const int Operation = 4;
        public const int Attribute = 5;
    }

    public static class Attribute
    {
        public const int Name = 1;
        public const int Integer = 3;
        public const int Integers = 8;
        public const int Type = 20;
        public const long TypeInteger = 2;
        public const long TypeIntegers = 7;
    }

    public static class Tensor
    {
        public const int Dimension = 1;
        public const int Type = 2;
        public const int Name = 8;
        public const int RawData = 9;
    }

    /// <summary>ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its dimension.</summary>
    public static class Value
    {
        public const int Name = 1;
        public const int Type = 2;
        public const int Tensor = 1;
        public const int ElementType = 1;
        public const int Shape = 2;
        public const int Dimension = 1;
        public const int Size = 1;
        public const int Symbol = 2;
    }

    public enum ElementType
    {
        Float = 1,
        Int32 = 6,
        Int64 = 7,
        Float16 = 10,
    }

    public static ByteString Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return UnsafeByteOperations.UnsafeWrap(stream.GetBuffer().AsMemory(0, (int)stream.Length));
    }

    public static void Write(this CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    public static void Write(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    public static void Write(this CodedOutputStream output, int field, ByteString value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
    }
}
