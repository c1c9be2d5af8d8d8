using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TikTok.Functions.Platform;

/// <summary>The documentation comments of the code, as the API description says them. Read from the files that the compiler writes beside the assemblies.</summary>
internal sealed partial class ApiWords
{
    private readonly Dictionary<string, XElement> _members;

    /// <param name="assemblies">Whose comments; one without a file has none.</param>
    public ApiWords(params IEnumerable<Assembly> assemblies) => _members = assemblies
        .Select(assembly => Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml"))
        .Where(File.Exists)
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .GroupBy(member => member.Attribute("name")!.Value, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    public string? Of(Type type) => Text(Member(type)?.Element("summary"));

    /// <summary>What a function is for; its remarks, which are for its callers too, follow.</summary>
    public string? Of(MethodInfo method)
    {
        var prefix = $"M:{NameOf(method.DeclaringType!)}.{method.Name}";
        var member = _members.FirstOrDefault(m => m.Key == prefix || m.Key.StartsWith($"{prefix}(", StringComparison.Ordinal)).Value;
        if (member is not null) member = Inherited(member);
        return Joined(Text(member?.Element("summary")), Text(member?.Element("remarks")));
    }

    /// <summary>What a member of a body means: a property's summary, or of a record's parameter the description beside it.</summary>
    public string? Of(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        if (_members.TryGetValue($"P:{NameOf(type)}.{property.Name}", out var own) && Text(Inherited(own).Element("summary")) is { } summary) return summary;
        return Text(Member(type)?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == property.Name));
    }

    /// <summary><c>ListUserVideos</c> is "List user videos": what there is to say where nobody has said more.</summary>
    public static string FromName(string name)
    {
        var words = WordStart().Replace(name, " $0").Trim().ToLowerInvariant();
        return $"{char.ToUpperInvariant(words[0])}{words[1..]}";
    }

    /// <summary>The comment that this one says to take: the compiler writes the reference, not what it stands for.</summary>
    private XElement Inherited(XElement member) =>
        member.Element("inheritdoc")?.Attribute("cref")?.Value is { } source && _members.TryGetValue(source, out var other) ? other : member;

    private XElement? Member(Type type) => _members.GetValueOrDefault($"T:{NameOf(type)}");

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string? Joined(params IEnumerable<string?> parts) => string.Join(' ', parts.OfType<string>()) is { Length: > 0 } text ? text : null;

    private static string? Text(XElement? element)
    {
        if (element is null) return null;
        var text = new StringBuilder();
        foreach (var node in element.DescendantNodes().Where(n => n is not XText { Parent.Name.LocalName: "c" or "code" or "i" }))
        {
            text.Append(node switch
            {
                XText words => words.Value,
                XElement { Name.LocalName: "c" or "code" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "i" } title => $"*{title.Value}*",
                XElement { Name.LocalName: "see" or "seealso" } see when !see.Nodes().Any() => $"`{CamelCase(see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? "")}`",
                XElement { Name.LocalName: "paramref" or "typeparamref" } reference => $"`{CamelCase(reference.Attribute("name")!.Value)}`",
                _ => "",
            });
        }

        return Space().Replace(text.ToString(), " ").Trim() is { Length: > 0 } said ? said : null;
    }

    /// <summary>The last part of a name, as it is in JSON.</summary>
    private static string CamelCase(string reference) => JsonNamingPolicy.CamelCase.ConvertName(reference.Split('(')[0].Split('.')[^1]);

    [GeneratedRegex("(?<!^)[A-Z](?![A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordStart();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Space();
}
