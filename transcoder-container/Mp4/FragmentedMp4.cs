namespace TikTok.Transcoder.Mp4;

/// <summary>A track of a fragmented MP4.</summary>
/// <param name="Timescale">Units per second of its times.</param>
/// <param name="IsVideo">Otherwise audio or other.</param>
/// <param name="Codec">RFC 6381.</param>
/// <param name="DefaultSampleDuration">In units, from <c>trex</c>.</param>
internal sealed record Track(uint Id, uint Timescale, bool IsVideo, string Codec, uint DefaultSampleDuration);

/// <summary>What one fragment holds of one track, in the track's units of time.</summary>
internal sealed record TrackRun(uint TrackId, long Start, long Duration);

/// <summary>A <c>moof</c> with its <c>mdat</c>, and whatever stood before them since the last one.</summary>
internal sealed record Fragment(long Offset, long Length, IReadOnlyList<TrackRun> Runs);

/// <summary>The structure of a fragmented MP4 (ISO/IEC 14496-12 §8.8): initialization section, tracks, fragments. Reads boxes, never samples.</summary>
/// <param name="InitLength">Bytes of <c>ftyp</c> and <c>moov</c> at the beginning of the file.</param>
/// <param name="Length">Bytes of the file.</param>
internal sealed record FragmentedMp4(long InitLength, long Length, IReadOnlyList<Track> Tracks, IReadOnlyList<Fragment> Fragments)
{
    private const int MaximumBoxInMemory = 64 * 1024 * 1024;

    public Track? Video => Tracks.FirstOrDefault(t => t.IsVideo);

    /// <exception cref="InvalidDataException">Not a fragmented MP4, or a box that contradicts itself.</exception>
    public static FragmentedMp4 Read(Stream stream)
    {
        try
        {
            return ReadBoxes(stream);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or EndOfStreamException)
        {
            throw new InvalidDataException("A box ends before its fields do.", e);
        }
    }

    private static FragmentedMp4 ReadBoxes(Stream stream)
    {
        IReadOnlyList<Track> tracks = [];
        var fragments = new List<Fragment>();
        var initLength = 0L;
        var pendingStart = 0L;
        IReadOnlyList<TrackRun>? pendingRuns = null;
        foreach (var box in BoxReader.Walk(stream))
        {
            if (box.End > stream.Length) throw new InvalidDataException($"Box '{box.Type}' at {box.Start} reaches beyond the end of the file.");
            switch (box.Type)
            {
                case "moov":
                    tracks = MovieReader.ReadTracks(Load(stream, box));
                    initLength = pendingStart = box.End;
                    break;
                case "moof":
                    pendingRuns = MovieReader.ReadRuns(Load(stream, box), tracks);
                    break;
                case "mdat" when pendingRuns is not null:
                    fragments.Add(new Fragment(pendingStart, box.End - pendingStart, pendingRuns));
                    pendingStart = box.End;
                    pendingRuns = null;
                    break;
            }
        }
        return tracks.Count > 0
            ? new FragmentedMp4(initLength, stream.Length, tracks, fragments)
            : throw new InvalidDataException("A file without a moov box.");
    }

    private static byte[] Load(Stream stream, Box box)
    {
        if (box.Length > MaximumBoxInMemory) throw new InvalidDataException($"A '{box.Type}' box of {box.Length} bytes.");
        var content = new byte[box.Length - box.HeaderLength];
        stream.Position = box.Start + box.HeaderLength;
        stream.ReadExactly(content);
        return content;
    }
}
