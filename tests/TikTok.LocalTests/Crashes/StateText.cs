using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TikTok.Core;
using TikTok.Core.Documents;
using TikTok.Functions.Analytics.Trending;

namespace TikTok.LocalTests.Crashes;

/// <summary>What is stored, without what no two runs have in common: ids made on the way, times, hashes, ETags. Ids that the story gave are named.</summary>
/// <param name="names">Of ids.</param>
/// <param name="leaves">Containers, or types of documents, that a repetition changes rightly.</param>
internal sealed partial class StateText(IReadOnlyDictionary<string, string> names, IReadOnlyCollection<string> leaves)
{
    /// <summary>Windows of the rate limiter count attempts; leases and reservations of keys are the platform's own and expire.</summary>
    private static readonly string[] AlwaysLeft = [Containers.Limits, Containers.Leases, Containers.Idempotency, Containers.Sweeps];

    /// <summary>Of events that a producer sent again, and of partitions of the log, which go by ids, tells how far readers are; what they counted is compared.</summary>
    private static readonly string[] AlwaysLeftTypes = [CountedWindow.DocumentType];

    public bool Leaves(string container) => AlwaysLeft.Contains(container, StringComparer.Ordinal) || leaves.Contains(container, StringComparer.Ordinal);

    public bool Leaves(JsonElement document) => document.TryGetProperty("type", out var type)
        && (leaves.Contains(type.GetString(), StringComparer.Ordinal)
            || AlwaysLeftTypes.Contains(type.GetString(), StringComparer.Ordinal)

            // No count of follows is as true as a count of none.
            || (type.ValueEquals(FollowCount.DocumentType) && document.GetProperty("count").GetInt64() == 0));

    public string Of(JsonElement document)
    {
        var members = JsonObject.Create(document)!;
        foreach (var own in members.Select(m => m.Key).Where(key => key.StartsWith('_')).ToList()) members.Remove(own);

        // Versions and positions in the log only have to grow; compressed, other ids are of another size.
        foreach (var name in (string[])["followVersion", "sequenceNumber", "version", "bytes", "ttl", "bucket", "counted", "sessionGeneration", "through"])
        {
            if (members.ContainsKey(name)) members[name] = "n";
        }

        if (members["type"]?.GetValue<string>() == Session.DocumentType) members["generation"] = "n";

        // What is counted by the hour, whichever hour it is; and by weights that grow within the day.
        foreach (var name in (string[])["hours", "hourlyViews"])
        {
            if (members[name] is JsonObject hours) members[name] = string.Join(' ', hours.SelectMany(hour => hour.Value is JsonObject tally ? tally.Select(t => $"{t.Key}={t.Value}") : [$"{hour.Value}"]));
        }
        if (members["weight"] is JsonValue weight) members["weight"] = Math.Round(weight.GetValue<double>() / TrendDecay.Weigh(1, Stage.Begun));

        // In which order a loop came through what it goes through is its own affair.
        if (members["done"] is JsonArray done) members["done"] = new JsonArray([.. done.Select(d => d!.GetValue<string>()).Order(StringComparer.Ordinal).Select(d => (JsonNode)d)]);
        return Of(new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))).ToJsonString(CoreJson.Options));
    }

    public string Of(string text)
    {
        foreach (var (id, name) in names) text = text.Replace(id, name, StringComparison.Ordinal);
        text = Trace().Replace(text, "");
        return Ticks().Replace(Secret().Replace(Id().Replace(Time().Replace(text, "<time>"), "<id>"), "\"<hash>\""), "<ticks>");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", RegexOptions.None, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("[0-7][0-9a-v]{25}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("\"[A-Za-z0-9_+/=-]{43,}\"", RegexOptions.None, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(@",?""trace(parent)?"":""[^""]*""", RegexOptions.None, 1000)]
    private static partial Regex Trace();

    [GeneratedRegex(@"\d{13,19}", RegexOptions.None, 1000)]
    private static partial Regex Ticks();
}
