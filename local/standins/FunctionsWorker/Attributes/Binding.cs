namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Base of every attribute that binds a function to something outside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute;

/// <summary>Base of the attributes on the one parameter that starts a function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute;

/// <summary>Base of the attributes on what a function gives back.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute;

/// <summary>Whether a trigger hands over one item or a batch.</summary>
public enum Cardinality
{
    Many,
    One,
}

/// <summary>Implemented by trigger attributes whose batching can be switched.</summary>
public interface ISupportCardinality
{
    Cardinality Cardinality { get; set; }
}
