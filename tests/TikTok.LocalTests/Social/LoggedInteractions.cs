using System.Text.Json;
using TikTok.Core;
using TikTok.Core.Events;
using TikTok.Local.EventHubs;

namespace TikTok.LocalTests.Social;

/// <summary>What the log of interactions says, read from its beginning.</summary>
internal sealed class LoggedInteractions(EventHubsProcess hubs)
{
    /// <summary>The events about one video, in the order of the log.</summary>
    public async Task<IReadOnlyList<Interaction>> OfAsync(string videoId)
    {
        using var reader = new EventHubReader(hubs.ConnectionString);
        var events = new List<Interaction>();
        foreach (var partition in await reader.GetPartitionIdsAsync(Hubs.Interactions, default))
        {
            while (true)
            {
                var position = await reader.GetPositionAsync(Hubs.Interactions, partition, default);
                var read = await reader.ReadAsync(Hubs.Interactions, "tests", partition, 0, int.MaxValue, TimeSpan.Zero, default);
                if (read.Count == 0 || read[^1].SequenceNumber >= position.LastSequenceNumber)
                {
                    events.AddRange(read.Select(e => JsonSerializer.Deserialize<Interaction>(e.EventBody.ToMemory().Span, CoreJson.Options)!));
                    break;
                }
            }
        }

        return [.. events.Where(e => e.VideoId == videoId)];
    }
}
