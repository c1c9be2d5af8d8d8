using System.Text;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// A LIKE pattern: <c>%</c> any characters, <c>_</c> one, <c>[a-z]</c> one of a set, <c>[^a-z]</c> one not of it. Matching is linear in
/// the text for each <c>%</c>; it never backtracks further than the last one.
/// </summary>
internal sealed class SqlLike
{
    private readonly List<Step> _steps = [];

    public SqlLike(string pattern, char? escape)
    {
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            if (c == escape && at + 1 < pattern.Length) _steps.Add(Step.Literal(pattern[++at]));
            else if (c == '%') AddAny();
            else if (c == '_') _steps.Add(new Step(StepKind.One, default, ""));
            else if (c == '[' && pattern.IndexOf(']', at + 1) is var close && close > at + 1) at = AddSet(pattern, at, close);
            else _steps.Add(Step.Literal(c));
        }
    }

    private enum StepKind
    {
        Literal,
        One,
        Any,
        Set,
        NotSet,
    }

    public bool Matches(string text)
    {
        int position = 0, step = 0, resumeStep = -1, resumePosition = 0;
        while (position < text.Length)
        {
            if (step < _steps.Count && _steps[step].Kind == StepKind.Any)
            {
                resumeStep = ++step;
                resumePosition = position;
            }
            else if (step < _steps.Count && _steps[step].Accepts(text[position]))
            {
                step++;
                position++;
            }
            else if (resumeStep >= 0)
            {
                step = resumeStep;
                position = ++resumePosition;
            }
            else
            {
                return false;
            }
        }

        while (step < _steps.Count && _steps[step].Kind == StepKind.Any) step++;
        return step == _steps.Count;
    }

    private void AddAny()
    {
        if (_steps.Count == 0 || _steps[^1].Kind != StepKind.Any) _steps.Add(new Step(StepKind.Any, default, ""));
    }

    private int AddSet(string pattern, int open, int close)
    {
        var negated = pattern[open + 1] == '^' && close > open + 2;
        var members = new StringBuilder();
        for (var at = open + (negated ? 2 : 1); at < close; at++)
        {
            if (at + 2 < close && pattern[at + 1] == '-')
            {
                members.Append(pattern[at]).Append(pattern[at + 2]);
                at += 2;
            }
            else
            {
                members.Append(pattern[at]).Append(pattern[at]);
            }
        }

        _steps.Add(new Step(negated ? StepKind.NotSet : StepKind.Set, default, members.ToString()));
        return close;
    }

    /// <param name="Kind">What the step accepts.</param>
    /// <param name="Character">The character of a literal.</param>
    /// <param name="Ranges">The ranges of a set: pairs of first and last.</param>
    private readonly record struct Step(StepKind Kind, char Character, string Ranges)
    {
        public static Step Literal(char c) => new(StepKind.Literal, c, "");

        public bool Accepts(char c) => Kind switch
        {
            StepKind.Literal => c == Character,
            StepKind.One => true,
            StepKind.Set => InRanges(c),
            StepKind.NotSet => !InRanges(c),
            _ => false,
        };

        private bool InRanges(char c)
        {
            for (var i = 0; i + 1 < Ranges.Length; i += 2)
            {
                if (c >= Ranges[i] && c <= Ranges[i + 1]) return true;
            }

            return false;
        }
    }
}
