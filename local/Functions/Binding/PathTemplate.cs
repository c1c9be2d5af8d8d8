using System.Text;
using System.Text.RegularExpressions;

namespace TikTok.Local.Functions.Binding;

/// <summary>
/// A binding expression over names such as <c>uploads/{name}</c> or <c>{videoId}.{extension}</c>. A part takes as much as it can, a slash included,
/// so that the last separator decides: <c>{name}.{extension}</c> on <c>a.b.mp4</c> gives <c>a.b</c> and <c>mp4</c>. Doubled braces stand for themselves.
/// </summary>
internal sealed class PathTemplate
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private readonly Regex _pattern;

    public PathTemplate(string template)
    {
        Template = template;
        var names = new List<string>();
        var literal = new StringBuilder();
        var pattern = new StringBuilder("^");
        for (var i = 0; i < template.Length; i++)
        {
            var next = i + 1 < template.Length ? template[i + 1] : '\0';
            if (template[i] is '{' or '}' && next == template[i])
            {
                literal.Append(template[i++]);
            }
            else if (template[i] == '{')
            {
                var end = template.IndexOf('}', i);
                var name = end < 0 ? string.Empty : template[(i + 1)..end];
                if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                {
                    throw new FormatException($"'{template}': a part is written as a name in braces.");
                }

                if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new FormatException($"'{template}': the part '{name}' occurs twice.");
                }

                if (names.Count > 0 && literal.Length == 0 && i > 0 && template[i - 1] == '}')
                {
                    throw new FormatException($"'{template}': two parts need something between them.");
                }

                pattern.Append(Regex.Escape(literal.ToString())).Append("(.+)");
                literal.Clear();
                names.Add(name);
                i = end;
            }
            else if (template[i] == '}')
            {
                throw new FormatException($"'{template}': a closing brace without an opening one.");
            }
            else
            {
                literal.Append(template[i]);
            }
        }

        pattern.Append(Regex.Escape(literal.ToString())).Append('$');
        Names = names;
        _pattern = new Regex(pattern.ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant, MatchTimeout);
    }

    public string Template { get; }

    /// <summary>The names of the parts, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The parts of a text that matches; null when it does not.</summary>
    public IReadOnlyDictionary<string, string>? Match(string text)
    {
        var match = _pattern.Match(text);
        return match.Success
            ? Names.Select((name, i) => (name, match.Groups[i + 1].Value)).ToDictionary(p => p.name, p => p.Value, StringComparer.OrdinalIgnoreCase)
            : null;
    }
}
