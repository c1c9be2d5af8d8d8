namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a method as a function; the name is unique within the app.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
