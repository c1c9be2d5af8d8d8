using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TikTok.Ranker.Retrieval.Hnsw;

/// <summary>Values to and from a stream, little-endian as the machine has them, with a SHA-256 over all of them at the end.</summary>
internal sealed class ChecksummedStream(Stream stream) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        stream.Write(bytes);
    }

    public void Write<T>(in T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void WriteChecksum() => stream.Write(_hash.GetHashAndReset());

    /// <exception cref="InvalidDataException">There is less.</exception>
    public void Read(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw new InvalidDataException("The index is cut off.");
        _hash.AppendData(bytes);
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
        if (!CryptographicOperations.FixedTimeEquals(written, expected)) throw new InvalidDataException("The index is damaged.");
    }

    public void Dispose() => _hash.Dispose();
}
