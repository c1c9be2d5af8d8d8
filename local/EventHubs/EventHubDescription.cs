using System.Globalization;
using System.Xml.Linq;

namespace TikTok.Local.EventHubs;

/// <summary>
/// The management API's Atom entries (REST API reference, "Get Event Hub" and "Get partition"), as far as they say something
/// here: what a hub's partitions are, and where a partition begins and ends.
/// </summary>
internal static class EventHubDescription
{
    public const string MediaType = "application/atom+xml;type=entry;charset=utf-8";

    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace Bus = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";
    private static readonly XNamespace Arrays = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

    /// <summary>The entry of a hub.</summary>
    public static string Of(EventHub hub, TimeSpan retention) => Entry(hub.Name, hub.CreatedAt, new XElement(
        Bus + "EventHubDescription",
        new XElement(Bus + "MessageRetentionInDays", (int)Math.Ceiling(retention.TotalDays)),
        new XElement(Bus + "Status", "Active"),
        new XElement(Bus + "CreatedAt", Text(hub.CreatedAt)),
        new XElement(Bus + "PartitionCount", hub.PartitionIds.Count),
        new XElement(Bus + "PartitionIds", hub.PartitionIds.Select(id => new XElement(Arrays + "string", id)))));

    /// <summary>The entry of a partition.</summary>
    public static string Of(EventHub hub, string partitionId, PartitionState state) => Entry(partitionId, hub.CreatedAt, new XElement(
        Bus + "PartitionDescription",
        new XElement(Bus + "BeginSequenceNumber", state.BeginningSequenceNumber),
        new XElement(Bus + "EndSequenceNumber", state.LastSequenceNumber),
        new XElement(Bus + "LastEnqueuedOffset", state.LastOffset),
        new XElement(Bus + "LastEnqueuedTimeUtc", Text(state.LastEnqueuedTime))));

    private static string Entry(string title, DateTimeOffset at, XElement description) => new XElement(
        Atom + "entry",
        new XElement(Atom + "title", new XAttribute("type", "text"), title),
        new XElement(Atom + "updated", Text(at)),
        new XElement(Atom + "content", new XAttribute("type", "application/xml"), description)).ToString(SaveOptions.DisableFormatting);

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
