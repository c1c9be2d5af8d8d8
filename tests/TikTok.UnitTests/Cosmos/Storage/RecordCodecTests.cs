using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.UnitTests.Cosmos.Storage;

public sealed class RecordCodecTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static Arbitrary<byte[]> Payloads => Arb.From(Gen.ListOf(Gen.Choose(0, 255)).Select(values => values.Select(v => (byte)v).Prepend((byte)1).ToArray()));

    [Fact]
    public void A_record_reads_back_as_it_was_written() => Prop.ForAll(Payloads, payload =>
        RecordCodec.TryRead(Frame(payload), out var read, out var consumed)
            && read.SequenceEqual(payload) && consumed == payload.Length + RecordCodec.HeaderLength).Check(Settings);

    [Fact]
    public void A_record_cut_anywhere_is_torn() => Prop.ForAll(Payloads, Arb.From(Gen.Choose(0, 1 << 20)), (payload, cut) =>
    {
        var frame = Frame(payload);
        return !RecordCodec.TryRead(frame.AsSpan(0, cut % frame.Length), out _, out _);
    }).Check(Settings);

    [Fact]
    public void A_record_with_any_bit_flipped_is_refused() => Prop.ForAll(Payloads, Arb.From(Gen.Choose(0, 1 << 20)), (payload, bit) =>
    {
        var frame = Frame(payload);
        frame[bit / 8 % frame.Length] ^= (byte)(1 << (bit % 8));
        return !RecordCodec.TryRead(frame, out _, out _);
    }).Check(Settings);

    [Fact]
    public void Zeros_are_no_record() => Assert.False(RecordCodec.TryRead(new byte[4096], out _, out _));

    [Fact]
    public void Checksum_is_crc_32c()
    {
        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, RecordCodec.Checksum(new byte[32]));
        Assert.Equal(0x62A8AB43u, RecordCodec.Checksum([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, RecordCodec.Checksum([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void An_entry_decodes_to_what_was_encoded() => Prop.ForAll(Arb.From(Entries), entry =>
    {
        var output = new ArrayBufferWriter<byte>();
        entry.Encode(output);
        return Text(JournalEntry.Decode(output.WrittenSpan)) == Text(entry);
    }).Check(Settings);

    [Fact]
    public void An_entry_cut_anywhere_is_refused_with_InvalidDataException() => Prop.ForAll(Arb.From(Entries), Arb.From(Gen.Choose(1, 1 << 20)), (entry, cut) =>
    {
        var output = new ArrayBufferWriter<byte>();
        entry.Encode(output);
        if (entry is JournalEntry.Resource)
            return true;
        Assert.Throws<InvalidDataException>(() => JournalEntry.Decode(output.WrittenSpan[..(cut % output.WrittenCount)]));
        return true;
    }).Check(Settings);

    private static Gen<JournalEntry> Entries => Gen.OneOf(
        Gen.ListOf(Changes).Select(changes => (JournalEntry)new JournalEntry.Documents(3, 1L << 40, 1_700_000_000_123, [.. changes])),
        Gen.Choose(0, int.MaxValue).Select(n => (JournalEntry)new JournalEntry.Counters(n, n * 3L, n * 5L, n * 7L)),
        Gen.Elements("{}", """{"Name":"ü"}""").Select(json => (JournalEntry)new JournalEntry.Resource(System.Text.Encoding.UTF8.GetBytes(json))));

    private static Gen<DocumentChange> Changes =>
        from version in Gen.Choose(0, int.MaxValue)
        from id in Gen.Elements("a", "", "ünï 🎬", new string('x', 300))
        from ttl in Gen.Elements<int?>(null, -1, 5)
        from body in Gen.Elements<byte[]?>(null, [], [1, 2, 3])
        select new DocumentChange(version, version + 1L, $"[\"{id}\"]", id, ttl, body);

    private static byte[] Frame(byte[] payload)
    {
        var frame = new byte[RecordCodec.HeaderLength + payload.Length];
        RecordCodec.WriteHeader(frame, payload);
        payload.CopyTo(frame, RecordCodec.HeaderLength);
        return frame;
    }

    private static string Text(JournalEntry entry) => System.Text.Json.JsonSerializer.Serialize<object>(entry);
}
