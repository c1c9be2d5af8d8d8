namespace TikTok.Functions.Videos.Upload;

/// <summary>How large the blocks of an upload should be.</summary>
public static class BlockSizes
{
    private const long MiB = 1024 * 1024;

    /// <summary>A lost block this small costs little to send again.</summary>
    public const long Min = 4 * MiB;

    /// <summary>What a phone can hold several of in memory.</summary>
    public const long Max = 100 * MiB;

    /// <summary>Blocks that a large file is divided into: enough to send in parallel and to show progress by.</summary>
    private const long Wanted = 100;

    /// <param name="fileSize">Bytes.</param>
    /// <returns>Bytes, whole MiB. The service's bound of 50,000 blocks is never near: 4 GB make about a hundred.</returns>
    public static long For(long fileSize) => Math.Clamp(RoundUp(fileSize / Wanted, MiB), Min, Max);

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;
}
