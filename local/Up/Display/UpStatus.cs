using TikTok.Local.Up.Supervision;

namespace TikTok.Local.Up.Display;

/// <summary>What a service uses now.</summary>
/// <param name="ResidentBytes">Of the service and the processes it started.</param>
/// <param name="CpuPercent">Of one core, since the look before.</param>
public sealed record ServiceUsage(long ResidentBytes, double CpuPercent);

/// <summary>One row of the display.</summary>
public sealed record ServiceRow(ServiceSnapshot Service, ServiceUsage? Usage);

/// <summary>Everything that the live display shows at one moment.</summary>
/// <param name="Services">In the order of their start.</param>
/// <param name="QueueLengths">Approximate messages by queue; a poison queue only when it holds some.</param>
/// <param name="Notes">What is fixed: URLs, the login.</param>
/// <param name="Events">The latest lines, oldest first.</param>
public sealed record UpStatus(
    IReadOnlyList<ServiceRow> Services, IReadOnlyDictionary<string, int> QueueLengths, IReadOnlyList<string> Notes, IReadOnlyList<string> Events);
