namespace TikTok.Local.Functions.Binding;

/// <summary>What started an execution, as its trigger sees it.</summary>
internal abstract class TriggerInput
{
    protected static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Why the function runs, for the log: "New queue message detected on 'probe'."</summary>
    public abstract string Reason { get; }

    /// <summary>Metadata by name, compared without case; parameters other than the trigger bind to it.</summary>
    public virtual IReadOnlyDictionary<string, object?> BindingData => NoData;

    /// <summary>The value of the trigger's parameter. Called once per attempt.</summary>
    public abstract ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken);

    protected static Dictionary<string, object?> Data() => new(StringComparer.OrdinalIgnoreCase);
}
