using System.Buffers.Binary;
using System.Text;

namespace TikTok.UnitTests.Telemetry;

/// <summary>Writes protobuf messages field by field, right or wrong.</summary>
internal sealed class ProtobufWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtobufWriter Varint(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 0);
        Raw(value);
        return this;
    }

    public ProtobufWriter Fixed64(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 1);
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtobufWriter Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public ProtobufWriter Bytes(int field, byte[] value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        return Bytes(field, inner.ToArray());
    }

    public ProtobufWriter Packed(int field, params ulong[] values) => Bytes(field, [.. values.SelectMany(BitConverter.GetBytes)]);

    public ProtobufWriter Attribute(int field, string key, string value) => Message(field, a => a.Text(1, key).Message(2, v => v.Text(1, value)));

    private void Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
