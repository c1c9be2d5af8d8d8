using System.Buffers.Binary;

namespace TikTok.Transcoder.Mp4;

/// <summary>Reads the contents of <c>moov</c> and <c>moof</c> boxes.</summary>
internal static class MovieReader
{
    private const uint HandlerVideo = 0x76696465;

    public static IReadOnlyList<Track> ReadTracks(ReadOnlySpan<byte> moov)
    {
        var defaults = new Dictionary<uint, uint>();
        var extends = BoxReader.Find(moov, "mvex");
        foreach (var box in BoxReader.Children(extends))
        {
            if (box.Type != "trex") continue;
            var trex = BoxReader.Content(extends, box);
            defaults[U32(trex, 4)] = U32(trex, 12);
        }

        var tracks = new List<Track>();
        foreach (var box in BoxReader.Children(moov))
        {
            if (box.Type != "trak") continue;
            var trak = BoxReader.Content(moov, box);
            var tkhd = BoxReader.Find(trak, "tkhd");
            var id = U32(tkhd, tkhd[0] == 1 ? 20 : 12);
            var media = BoxReader.Find(trak, "mdia");
            var mdhd = BoxReader.Find(media, "mdhd");
            var timescale = U32(mdhd, mdhd[0] == 1 ? 20 : 12);
            if (timescale == 0) throw new InvalidDataException("A track without a timescale.");
            var isVideo = U32(BoxReader.Find(media, "hdlr"), 8) == HandlerVideo;
            var stsd = BoxReader.Find(BoxReader.Find(BoxReader.Find(media, "minf"), "stbl"), "stsd");
            tracks.Add(new Track(id, timescale, isVideo, Codecs.FromSampleDescription(stsd), defaults.GetValueOrDefault(id)));
        }
        return tracks;
    }

    public static IReadOnlyList<TrackRun> ReadRuns(ReadOnlySpan<byte> moof, IReadOnlyList<Track> tracks)
    {
        var runs = new List<TrackRun>();
        foreach (var box in BoxReader.Children(moof))
        {
            if (box.Type == "traf") runs.Add(ReadRun(BoxReader.Content(moof, box), tracks));
        }
        return runs;
    }

    private static TrackRun ReadRun(ReadOnlySpan<byte> traf, IReadOnlyList<Track> tracks)
    {
        var tfhd = BoxReader.Find(traf, "tfhd");
        var flags = U32(tfhd, 0) & 0xffffff;
        var id = U32(tfhd, 4);
        var track = tracks.FirstOrDefault(t => t.Id == id) ?? throw new InvalidDataException($"A fragment of track {id}, which there is not.");
        var position = 8 + ((flags & 0x1) != 0 ? 8 : 0) + ((flags & 0x2) != 0 ? 4 : 0);
        var defaultDuration = (flags & 0x8) != 0 ? U32(tfhd, position) : track.DefaultSampleDuration;

        var tfdt = BoxReader.Find(traf, "tfdt");
        if (tfdt.IsEmpty) throw new InvalidDataException("A fragment without tfdt.");
        var start = tfdt[0] == 1 ? (long)BinaryPrimitives.ReadUInt64BigEndian(tfdt[4..]) : U32(tfdt, 4);

        var duration = 0L;
        foreach (var box in BoxReader.Children(traf))
        {
            if (box.Type == "trun") duration += RunDuration(BoxReader.Content(traf, box), defaultDuration);
        }
        return new TrackRun(id, start, duration);
    }

    private static long RunDuration(ReadOnlySpan<byte> trun, uint defaultDuration)
    {
        var flags = U32(trun, 0) & 0xffffff;
        var count = U32(trun, 4);
        if ((flags & 0x100) == 0) return (long)count * defaultDuration;

        var position = 8 + ((flags & 0x1) != 0 ? 4 : 0) + ((flags & 0x4) != 0 ? 4 : 0);
        var stride = 4 * (1 + ((flags & 0x200) != 0 ? 1 : 0) + ((flags & 0x400) != 0 ? 1 : 0) + ((flags & 0x800) != 0 ? 1 : 0));
        var duration = 0L;
        for (var sample = 0; sample < count; sample++, position += stride) duration += U32(trun, position);
        return duration;
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => offset + 4 <= bytes.Length
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : throw new InvalidDataException("A box ends before its fields do.");
}
