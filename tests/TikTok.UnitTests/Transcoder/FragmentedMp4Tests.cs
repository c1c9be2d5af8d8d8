using TikTok.Transcoder.Mp4;
using static TikTok.UnitTests.Transcoder.BoxBuilder;

namespace TikTok.UnitTests.Transcoder;

public sealed class FragmentedMp4Tests
{
    private static readonly byte[] Movie = Box("moov",
        Box("mvhd", Zeros(100)),
        Track(1, "vide", 15_360, Avc1(0x64, 0x00, 0x1e)),
        Track(2, "soun", 48_000, Mp4a(2)),
        Box("mvex", Box("trex", U32(0, 1, 1, 512, 0, 0)), Box("trex", U32(0, 2, 1, 1024, 0, 0))));

    [Fact]
    public void Read_finds_tracks_codecs_and_fragments_with_durations_from_all_three_places()
    {
        var type = Box("ftyp", "iso6"u8.ToArray(), U32(0));
        var first = Fragment(TrackFragment(1, 0, 500), TrackFragment(2, 0, null));
        var second = Fragment(TrackFragment(1, 5_000_000_000, null, 512, 512, 256));
        byte[] file = [.. type, .. Movie, .. first, .. Box("mdat", Zeros(100)), .. Box("styp", Zeros(4)), .. second, .. Box("mdat", Zeros(50))];

        var mp4 = FragmentedMp4.Read(new MemoryStream(file));

        Assert.Equal([(1u, true, "avc1.64001e"), (2u, false, "mp4a.40.2")], mp4.Tracks.Select(t => (t.Id, t.IsVideo, t.Codec)));
        Assert.Equal(type.Length + Movie.Length, mp4.InitLength);
        Assert.Equal([new TrackRun(1, 0, 30 * 500), new TrackRun(2, 0, 30 * 1024)], mp4.Fragments[0].Runs);
        Assert.Equal([new TrackRun(1, 5_000_000_000, 1280)], mp4.Fragments[1].Runs);
        Assert.Equal(mp4.InitLength, mp4.Fragments[0].Offset);
        Assert.Equal(mp4.Fragments[0].Offset + mp4.Fragments[0].Length, mp4.Fragments[1].Offset);
        Assert.Equal(file.Length, mp4.Fragments[1].Offset + mp4.Fragments[1].Length);
    }

    [Fact]
    public void Read_cut_off_file_throws()
    {
        byte[] file = [.. Box("ftyp", Zeros(8)), .. Movie, .. Box("mdat", Zeros(100))];

        Assert.Throws<InvalidDataException>(() => FragmentedMp4.Read(new MemoryStream(file[..^10])));
    }

    [Fact]
    public void Read_without_moov_throws() => Assert.Throws<InvalidDataException>(() => FragmentedMp4.Read(new MemoryStream(Box("ftyp", Zeros(8)))));

    [Theory]
    [InlineData(0x42, 0xe0, 0x1f, "avc1.42e01f")]
    [InlineData(0x4d, 0x40, 0x0c, "avc1.4d400c")]
    public void Avc_is_profile_constraints_and_level(byte profile, byte constraints, byte level, string expected) =>
        Assert.Equal(expected, Codecs.FromSampleDescription([.. U32(0, 1), .. Avc1(profile, constraints, level)]));

    [Theory]
    [InlineData(2, "mp4a.40.2")]
    [InlineData(5, "mp4a.40.5")]
    [InlineData(42, "mp4a.40.42")]
    public void Aac_is_the_audio_object_type(int objectType, string expected) =>
        Assert.Equal(expected, Codecs.FromSampleDescription([.. U32(0, 1), .. Mp4a(objectType)]));

    [Fact]
    public void Walk_understands_large_and_open_ended_boxes()
    {
        byte[] file = [.. U32(1), .. "free"u8, .. U32(0, 20), .. Zeros(4), .. U32(0), .. "mdat"u8, .. Zeros(7)];

        Assert.Equal([new Box("free", 0, 16, 20), new Box("mdat", 20, 8, 15)], BoxReader.Walk(new MemoryStream(file)));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_as_invalid()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            byte[] file = [.. Box("ftyp", Zeros(8)), .. Movie, .. Fragment(TrackFragment(1, 0, null, 1, 2)), .. Box("mdat", Zeros(10))];
            for (var i = 0; i < 4; i++) file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                FragmentedMp4.Read(new MemoryStream(file));
            }
            catch (InvalidDataException)
            {
            }
        }
    }
}
