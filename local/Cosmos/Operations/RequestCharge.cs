namespace TikTok.Local.Cosmos.Operations;

/// <summary>
/// Request units, plausible rather than the service's own: a read costs 1 per started KiB; a write 5 and 0.6 per KiB; a query 2.5,
/// 0.02 per document looked at and 0.3 per KiB returned.
/// </summary>
internal static class RequestCharge
{
    private const double BytesPerKibibyte = 1024;

    public static double Read(int length) => Math.Max(1, Math.Ceiling(length / BytesPerKibibyte));

    public static double Write(int length) => 5 + (0.6 * length / BytesPerKibibyte);

    public static double Query(int scanned, int returnedBytes) => 2.5 + (0.02 * scanned) + (0.3 * returnedBytes / BytesPerKibibyte);
}
