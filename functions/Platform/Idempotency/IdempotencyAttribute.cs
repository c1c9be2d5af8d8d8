namespace TikTok.Functions.Platform;

/// <summary>Says what a function does with the header <c>Idempotency-Key</c>, where the default (honoured on POST) is not right.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotencyAttribute(IdempotencyMode mode) : Attribute
{
    public IdempotencyMode Mode { get; } = mode;
}

public enum IdempotencyMode
{
    /// <summary>The header means nothing here: the call is idempotent of itself, or its answer must not be given twice.</summary>
    Ignored,

    /// <summary>A repetition with the same key gets the first answer again.</summary>
    Honoured,

    /// <summary>As <see cref="Honoured"/>, and the call is refused without a key.</summary>
    Required,
}
