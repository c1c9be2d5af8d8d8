using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Values to and from a stream, little-endian as the machine has them, with an XXH128 over all of them at the end: it finds damage. What tampers can write a checksum of any kind as well.</summary>
internal sealed class ChecksummedStream(Stream stream)
{
    private readonly XxHash128 _hash = new();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        stream.Write(bytes);
    }

    public void Write<T>(in T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void WriteChecksum() => stream.Write(_hash.GetHashAndReset());

    /// <exception cref="InvalidDataException">There is less.</exception>
    public void Read(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw new InvalidDataException("The index is cut off.");
        _hash.Append(bytes);
    }

    public T Read<T>()
        where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        Read(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <exception cref="InvalidDataException">What was read is not what was written.</exception>
    public void ReadChecksum()
    {
        var expected = _hash.GetHashAndReset();
        var written = new byte[expected.Length];
        Read(written);
        if (!written.AsSpan().SequenceEqual(expected)) throw new InvalidDataException("The index is damaged.");
    }
}
