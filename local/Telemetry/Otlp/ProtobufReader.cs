using System.Buffers.Binary;
using System.Text;

namespace TikTok.Local.Telemetry.Otlp;

/// <summary>
/// Walks through one protobuf message, field by field: after <see cref="Next"/> the field is either read by the method of its type or passed over by
/// <see cref="Skip"/>. Nothing is copied that is not asked for.
/// </summary>
/// <exception cref="InvalidDataException">From every member: the bytes are not such a message.</exception>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintWire = 0;
    private const int Fixed64Wire = 1;
    private const int BytesWire = 2;
    private const int Fixed32Wire = 5;

    private ReadOnlySpan<byte> _rest = message;
    private int _wire;

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var tag = ReadVarint();
        Field = tag >> 3 is > 0 and <= 536_870_911 and var field ? (int)field : throw Malformed("a field's number");
        _wire = (int)(tag & 7);
        return true;
    }

    public void Skip()
    {
        switch (_wire)
        {
            case VarintWire: ReadVarint(); break;
            case Fixed64Wire: Take(8); break;
            case BytesWire: Bytes(); break;
            case Fixed32Wire: Take(4); break;
            default: throw Malformed("a wire type");
        }
    }

    public ulong Varint()
    {
        Expect(VarintWire);
        return ReadVarint();
    }

    public ulong Fixed64()
    {
        Expect(Fixed64Wire);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>Bytes, a text or an embedded message.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(BytesWire);
        var length = ReadVarint();
        return length <= (ulong)_rest.Length ? Take((int)length) : throw Malformed("a length");
    }

    /// <param name="most">Bytes beyond this are left out.</param>
    public string Text(int most)
    {
        var bytes = Bytes();
        return bytes.Length <= most ? Encoding.UTF8.GetString(bytes) : Encoding.UTF8.GetString(bytes[..most]) + "…";
    }

    /// <summary>Repeated eight-byte values, packed into one field or one by one.</summary>
    public void AddFixed64(List<ulong> values)
    {
        if (_wire == Fixed64Wire)
        {
            values.Add(Fixed64());
            return;
        }
        var packed = Bytes();
        if (packed.Length % 8 != 0) throw Malformed("packed values");
        for (; !packed.IsEmpty; packed = packed[8..]) values.Add(BinaryPrimitives.ReadUInt64LittleEndian(packed));
    }

    private void Expect(int wire)
    {
        if (_wire != wire) throw Malformed("a field's type");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Malformed("the end");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            if (shift == 63 && b > 1) throw Malformed("a number");
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw Malformed("a number");
    }

    private static InvalidDataException Malformed(string what) => new($"The protobuf message is malformed: {what} is not what it may be.");
}
