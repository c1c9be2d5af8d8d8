using System.Buffers.Binary;
using System.Text;

namespace TikTok.UnitTests.Transcoder;

/// <summary>Builds ISO base media boxes byte by byte, independently of the reader under test.</summary>
internal static class BoxBuilder
{
    public static byte[] Box(string type, params byte[][] content)
    {
        var body = content.SelectMany(c => c).ToArray();
        return [.. U32((uint)(8 + body.Length)), .. Encoding.Latin1.GetBytes(type), .. body];
    }

    public static byte[] U16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] U32(params uint[] values) => [.. values.SelectMany(value =>
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    })];

    public static byte[] Zeros(int count) => new byte[count];

    public static byte[] Track(uint id, string handler, uint timescale, byte[] sampleEntry) => Box("trak",
        Box("tkhd", U32(0, 0, 0, id), Zeros(68)),
        Box("mdia",
            Box("mdhd", U32(0, 0, 0, timescale, 0, 0)),
            Box("hdlr", U32(0, 0), Encoding.Latin1.GetBytes(handler), Zeros(13)),
            Box("minf", Box("stbl", Box("stsd", U32(0, 1), sampleEntry)))));

    public static byte[] Avc1(byte profile, byte constraints, byte level) =>
        Box("avc1", Zeros(78), Box("avcC", [1, profile, constraints, level, 0xff, 0xe1]));

    /// <param name="objectType">MPEG-4 audio object type.</param>
    public static byte[] Mp4a(int objectType)
    {
        byte[] specific = objectType < 31
            ? [(byte)(objectType << 3), 0x10]
            : [(byte)(0xf8 | ((objectType - 32) >> 3)), (byte)((objectType - 32) << 5)];
        byte[] config = [0x04, 0x80, 0x80, 0x80, 20, 0x40, 0x15, .. Zeros(11), 0x05, 0x80, 0x80, 0x80, 2, .. specific];
        byte[] es = [0x03, 0x80, 0x80, 0x80, (byte)(3 + config.Length), 0, 2, 0, .. config];
        return Box("mp4a", Zeros(28), Box("esds", U32(0), es));
    }

    public static byte[] Fragment(params byte[][] trackFragments) => Box("moof", [Box("mfhd", U32(0, 1)), .. trackFragments]);

    public static byte[] TrackFragment(uint id, ulong start, uint? defaultDuration, params uint[] durations) => Box("traf",
        defaultDuration is { } each ? Box("tfhd", U32(0x020008, id, each)) : Box("tfhd", U32(0x020000, id)),
        Box("tfdt", U32(0x01000000, (uint)(start >> 32), (uint)start)),
        durations.Length > 0
            ? Box("trun", U32(0x000301, (uint)durations.Length, 0), [.. durations.SelectMany(d => U32(d, 100))])
            : Box("trun", U32(0x000001, 30, 0)));
}
