using System.Reflection;

namespace TikTok.UnitTests.StandIns;

/// <summary>
/// The public signatures of the official packages, from the lists in <c>official/</c>. A type that several packages declare under
/// one name (extension classes do) counts as one with the members of all.
/// </summary>
internal sealed class OfficialSurface
{
    private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);

    /// <summary>Reads all the lists.</summary>
    public static OfficialSurface Read()
    {
        var surface = new OfficialSurface();
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".txt", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            surface.Add(reader.ReadToEnd());
        }

        return surface;
    }

    /// <summary>The members of the type with this line; null when there is no such type.</summary>
    public IReadOnlySet<string>? Members(string header) => _members.GetValueOrDefault(header);

    private void Add(string list)
    {
        HashSet<string>? current = null;
        foreach (var line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("  ", StringComparison.Ordinal))
            {
                var header = line.TrimEnd();
                current = _members.TryGetValue(header, out var known) ? known : _members[header] = new HashSet<string>(StringComparer.Ordinal);
            }
            else
            {
                current?.Add(line[2..].TrimEnd('\r'));
            }
        }
    }
}
