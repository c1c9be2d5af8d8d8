namespace TikTok.Local.Faults;

/// <summary>The faults that are asked for now. The first that matches a request and has not run out is used.</summary>
public sealed class FaultRules(Random random)
{
    private readonly Lock _gate = new();
    private readonly List<Armed> _rules = [];

    /// <summary>The rules that are left, with what is left of their counts.</summary>
    public IReadOnlyList<FaultRule> Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _rules.Select(armed => armed.Rule with { Count = armed.Left })];
            }
        }
    }

    /// <summary>Adds a rule after those that are there.</summary>
    public void Add(FaultRule rule)
    {
        lock (_gate)
        {
            _rules.Add(new Armed(rule) { Left = rule.Count });
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
        }
    }

    /// <summary>The fault for this request, counted as used; null for none.</summary>
    public FaultRule? Take(string method, string path, string query)
    {
        lock (_gate)
        {
            foreach (var armed in _rules)
            {
                if (!armed.Rule.Matches(method, path, query) || (armed.Rule.Probability < 1 && random.NextDouble() >= armed.Rule.Probability))
                {
                    continue;
                }

                if (armed.Left is { } left && (armed.Left = left - 1) == 0)
                {
                    _rules.Remove(armed);
                }

                return armed.Rule;
            }

            return null;
        }
    }

    private sealed class Armed(FaultRule rule)
    {
        public FaultRule Rule { get; } = rule;

        public int? Left { get; set; }
    }
}
