using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.EventHubs;

namespace TikTok.UnitTests.EventHubs;

public sealed class EventRecordTests
{
    private static readonly Arbitrary<EventContent> Contents = (
        from body in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))
        from key in Text()
        from message in Text()
        from correlation in Text()
        from type in Text()
        from hasProperties in Gen.Elements(true, false)
        select new EventContent(body, key, message, correlation, type, hasProperties ? Encoding.UTF8.GetBytes("""{"a":1}""") : default))
        .ToArbitrary();

    [Fact]
    public void A_record_read_back_is_what_was_written() => Prop.ForAll(Contents, content =>
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        var read = EventRecord.Read(Write(42, at, content), offset: 7);
        return read.SequenceNumber == 42 && read.Offset == 7 && read.EnqueuedTime == at
            && read.Content.Body.Span.SequenceEqual(content.Body.Span)
            && read.Content.PropertiesJson.Span.SequenceEqual(content.PropertiesJson.Span)
            && read.Content with { Body = default, PropertiesJson = default } == content with { Body = default, PropertiesJson = default };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_size_is_known_before_it_is_written() => Prop.ForAll(Contents, content =>
        Write(1, DateTimeOffset.UnixEpoch, content).Length == EventRecord.Size(content)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed() => Prop.ForAll(Contents, Gen.Choose(0, int.MaxValue).ToArbitrary(), (content, bit) =>
    {
        var record = Write(1, DateTimeOffset.UnixEpoch, content);
        bit %= record.Length * 8;
        record[bit / 8] ^= (byte)(1 << (bit % 8));
        return !EventRecord.TryVerify(record, out _, out _);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cut_record_is_noticed() => Prop.ForAll(Contents, Gen.Choose(0, int.MaxValue).ToArbitrary(), (content, length) =>
    {
        var record = Write(1, DateTimeOffset.UnixEpoch, content);
        return !EventRecord.TryVerify(record.AsSpan(0, length % record.Length), out _, out _);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_checksum_is_the_Castagnoli_one() => Assert.Equal(0xE3069283u, EventRecord.Checksum("123456789"u8));

    private static Gen<string?> Text() => Gen.Elements(null, "", "key", "größer 🎬", new string('x', 300));

    private static byte[] Write(long sequence, DateTimeOffset at, EventContent content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EventRecord.Write(buffer, sequence, at, content);
        return buffer.WrittenSpan.ToArray();
    }
}
