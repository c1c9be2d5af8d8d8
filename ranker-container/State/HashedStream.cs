using System.IO.Hashing;

namespace TikTok.Ranker.State;

/// <summary>Passes on what is written, and has the XXH128 of all of it: of the very bytes that it passes on, also where the caller's memory is written to meanwhile.</summary>
internal sealed class HashedStream(Stream stream) : Stream
{
    private readonly XxHash128 _hash = new();
    private readonly byte[] _copy = new byte[1 << 16];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Of what was written so far.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Of the rest of a stream.</summary>
    public static string HashOf(Stream stream)
    {
        var hash = new XxHash128();
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var copied = _copy.AsSpan(0, Math.Min(buffer.Length, _copy.Length));
            buffer[..copied.Length].CopyTo(copied);
            _hash.Append(copied);
            stream.Write(copied);
            buffer = buffer[copied.Length..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => stream.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
