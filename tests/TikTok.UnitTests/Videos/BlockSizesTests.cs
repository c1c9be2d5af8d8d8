using FsCheck;
using FsCheck.Fluent;
using TikTok.Functions.Videos;
using TikTok.Functions.Videos.Upload;

namespace TikTok.UnitTests.Videos;

public sealed class BlockSizesTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(1, 4 * MiB)]
    [InlineData(400 * MiB, 4 * MiB)]
    [InlineData(400 * MiB + 100, 5 * MiB)]
    [InlineData(VideoLimits.MaxFileSize, 41 * MiB)]
    public void For_divides_a_file_into_about_a_hundred_blocks(long fileSize, long expected) => Assert.Equal(expected, BlockSizes.For(fileSize));

    [Fact]
    public void Every_allowed_file_fits_the_services_bounds() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(n => 1 + (long)(n / (double)int.MaxValue * (VideoLimits.MaxFileSize - 1))).ToArbitrary(),
        fileSize => BlockSizes.For(fileSize) is >= BlockSizes.Min and <= BlockSizes.Max && fileSize / BlockSizes.For(fileSize) < 50_000)
        .QuickCheckThrowOnFailure();
}
