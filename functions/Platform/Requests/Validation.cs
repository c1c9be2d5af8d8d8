using TikTok.Core;

namespace TikTok.Functions.Platform;

/// <summary>Collects what is wrong with a request, field by field, and refuses it once with everything.</summary>
/// <example><code>new Validation().Text("title", body.Title, 1, 150).Range("durationMs", body.DurationMs, 1_000, 600_000).ThrowIfInvalid();</code></example>
public sealed class Validation
{
    // A grapheme cluster may be any number of combining marks; nobody's title needs more than this many UTF-16 units for each.
    private const int MaxUnitsPerElement = 16;

    private readonly SortedDictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public bool IsValid => _errors.Count == 0;

    /// <summary>Required text of <paramref name="min"/> to <paramref name="max"/> text elements once <see cref="Texts.Clean"/>ed.</summary>
    /// <param name="lines">Whether it may have several lines.</param>
    public Validation Text(string field, string? value, int min, int max, bool lines = false)
    {
        if (value is null) return Add(field, "is required");
        if (Texts.HasForbidden(value, lines)) return Add(field, "has characters that are not allowed");
        var clean = Texts.Clean(value);
        var length = clean.Length <= (long)max * MaxUnitsPerElement ? Texts.Length(clean) : int.MaxValue;
        return length >= min && length <= max
            ? this
            : Add(field, min > 0 ? $"must be {min} to {max} characters long" : $"must be at most {max} characters long");
    }

    /// <summary>Text that may be absent.</summary>
    public Validation OptionalText(string field, string? value, int min, int max, bool lines = false) =>
        value is null ? this : Text(field, value, min, max, lines);

    /// <summary>A required number within bounds, both included.</summary>
    public Validation Range(string field, long? value, long min, long max)
    {
        if (value is null) return Add(field, "is required");
        return value >= min && value <= max ? this : Add(field, $"must be from {min} to {max}");
    }

    /// <summary>A list of at most <paramref name="max"/> items; absent is none.</summary>
    public Validation Count<T>(string field, IReadOnlyCollection<T>? value, int min, int max) =>
        (value?.Count ?? 0) >= min && (value?.Count ?? 0) <= max ? this : Add(field, $"must have {min} to {max} items");

    /// <summary>A required document id.</summary>
    public Validation Id(string field, string? value)
    {
        if (value is null) return Add(field, "is required");
        return TikTok.Core.Id.IsValid(value) ? this : Add(field, $"must be an id: {TikTok.Core.Id.Length} characters of 0-9 and a-v");
    }

    /// <summary>Anything else.</summary>
    public Validation Check(bool holds, string field, string otherwise) => holds ? this : Add(field, otherwise);

    /// <exception cref="ProblemException">400 with all that was found wrong.</exception>
    public void ThrowIfInvalid()
    {
        if (!IsValid) throw Problems.Invalid(_errors.ToDictionary(e => e.Key, e => (IReadOnlyList<string>)e.Value, StringComparer.Ordinal));
    }

    private Validation Add(string field, string why)
    {
        if (!_errors.TryGetValue(field, out var all)) _errors[field] = all = [];
        all.Add(why);
        return this;
    }
}
