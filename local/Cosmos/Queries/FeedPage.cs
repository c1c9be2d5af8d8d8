using System.Buffers;
using System.Text;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.Local.Cosmos.Queries;

/// <summary>Writes the envelope in which documents are listed: <c>{"_rid":…,"Documents":[…],"_count":n}</c>.</summary>
internal sealed class FeedPage
{
    /// <summary>A page ends before it grows beyond this many bytes, whatever number of items was asked for.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(4096);

    public FeedPage(string ownerRid, string arrayName = "Documents")
    {
        Write($"{{\"_rid\":\"{ownerRid}\",\"{arrayName}\":[");
    }

    public int Count { get; private set; }

    public int Length => _output.WrittenCount;

    /// <summary>False when the item no longer fits; the first one always does.</summary>
    public bool HasRoomFor(int length) => Count == 0 || Length + length <= MaxLength;

    public void Add(ReadOnlySpan<byte> item)
    {
        Separate();
        _output.Write(item);
    }

    /// <summary>Adds a document as the change feed shows it: with the log sequence number of its change.</summary>
    public void AddChange(DocumentEntry entry)
    {
        Separate();
        _output.Write(entry.Body.AsSpan(0, entry.Body.Length - 1));
        Write($",\"_lsn\":{entry.Lsn}}}");
    }

    public ReadOnlyMemory<byte> Finish()
    {
        Write($"],\"_count\":{Count}}}");
        return _output.WrittenMemory;
    }

    private void Separate()
    {
        if (Count++ > 0)
            _output.Write(","u8);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _output);
}
