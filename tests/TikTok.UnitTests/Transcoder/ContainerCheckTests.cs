using TikTok.Transcoder.Probing;
using static TikTok.UnitTests.Transcoder.BoxBuilder;

namespace TikTok.UnitTests.Transcoder;

public sealed class ContainerCheckTests
{
    private static readonly byte[] Type = Box("ftyp", "isom"u8.ToArray(), Zeros(8));

    public static TheoryData<string, byte[]> Files => new()
    {
        { "None", [.. Type, .. Box("moov", Zeros(20)), .. Box("mdat", Zeros(100))] },
        { "None", [.. Type, .. Box("mdat", Zeros(100)), .. Box("moov", Zeros(20))] },
        { "None", [.. Type, .. Box("moov", Zeros(20)), .. U32(0), .. "mdat"u8, .. Zeros(100)] },
        { "None", [.. Type, .. Box("moov", Zeros(20)), .. Box("mdat", Zeros(100)), 1, 2, 3] },
        { "None", "just some text, longer than sixty-four bytes, so that it could be a container"u8.ToArray() },
        { "Empty", [] },
        { "CutOff", [.. Type, .. Box("moov", Zeros(20)), .. Box("mdat", Zeros(100))[..60]] },
        { "CutOff", [.. Type, .. Box("mdat", Zeros(100)), .. Box("moov", Zeros(20))[..15]] },
        { "NoIndex", [.. Type, .. Box("mdat", Zeros(100))] },
        { "NoIndex", [.. Type, .. U32(0), .. "mdat"u8, .. Zeros(100)] },
        { "Picture", [.. Box("ftyp", "heic"u8.ToArray(), Zeros(8)), .. Box("meta", Zeros(100))] },
        { "None", [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2, 0x18, 0x53, 0x80, 0x67, 0x90, .. Zeros(16)] },
        { "CutOff", [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2, 0x18, 0x53, 0x80, 0x67, 0x90, .. Zeros(15)] },
        { "None", [0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2, 0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. Zeros(3)] },
        { "CutOff", [.. "RIFF"u8, 100, 0, 0, 0, .. "AVI "u8, .. Zeros(50)] },
        { "None", [.. "RIFF"u8, 54, 0, 0, 0, .. "AVI "u8, .. Zeros(50)] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Inspect_holds_the_structure_against_the_length(string expected, byte[] file) =>
        Assert.Equal(expected, ContainerCheck.Inspect(new MemoryStream(file)).ToString());

    [Fact]
    public void Every_flaw_has_words_for_the_creator() =>
        Assert.All(Enum.GetValues<ContainerFlaw>().Where(f => f != ContainerFlaw.None), flaw => Assert.NotNull(ProbeRules.ReasonFor(flaw)));
}
