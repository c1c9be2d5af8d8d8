using System.Collections.Concurrent;
using TikTok.Core.Telemetry;
using TikTok.Ranker.Serving;

namespace TikTok.Ranker.Experiments;

/// <summary>
/// Which settings a person's requests are answered with: the configured ones, as the experiments that the person is in change them. Read once, at start; a
/// configuration that makes no sense ends it.
/// </summary>
public sealed class RankingExperiments
{
    private const string Section = "Experiments";
    private const string SettingsSection = "Ranking";

    private readonly Layer[] _layers;
    private readonly RankingSettings _settings;
    private readonly ConcurrentDictionary<long, RankingSettings> _combinations = [];

    /// <param name="configuration"><c>Ranking__Values__…</c> and <c>Ranking__Reranking__…</c> for everybody, <c>Experiments__…</c> as in <see cref="ExperimentOptions"/>.</param>
    /// <exception cref="InvalidOperationException">It says something that makes no sense.</exception>
    public RankingExperiments(IConfiguration configuration)
    {
        _settings = Changed(RankingSettings.Default, configuration.GetSection(SettingsSection));
        _layers = [.. configuration.GetSection(Section).GetChildren().Select(Layer.Read)];
        var names = _layers.SelectMany(l => l.Experiments).Select(e => e.Name).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count) throw new InvalidOperationException("Two experiments have the same name.");
        foreach (var arm in _layers.SelectMany(l => l.Experiments).SelectMany(e => e.Arms)) Changed(_settings, arm.Settings);
    }

    /// <summary>The same for a person as long as the configuration is the same.</summary>
    public RankingSettings For(string userId)
    {
        long combination = 0;
        foreach (var layer in _layers) combination = (combination * layer.Choices) + layer.ChoiceOf(userId);
        return combination == 0 ? _settings : _combinations.GetOrAdd(combination, static (_, x) => x.Self.Combine(x.UserId), (Self: this, UserId: userId));
    }

    /// <summary>Counts a request that was answered with these settings. That, and the names of the arms in the answer, is all that is recorded: who was in which arm can be computed.</summary>
    public static void Expose(RankingSettings settings)
    {
        if (settings.Arms.Count == 0) return;
        foreach (var (experiment, arm) in settings.Arms) Metrics.ExperimentExposures.Add(1, new("experiment", experiment), new("arm", arm));
    }

    private RankingSettings Combine(string userId)
    {
        var arms = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = _settings;
        foreach (var layer in _layers)
        {
            if (layer.Find(userId) is not var (experiment, arm)) continue;
            arms.Add(experiment.Name, arm.Name);
            settings = Changed(settings, arm.Settings);
        }
        return settings with { Arms = arms };
    }

    /// <exception cref="InvalidOperationException">There is no such setting, or it is out of its range.</exception>
    private static RankingSettings Changed(RankingSettings settings, IConfigurationSection section)
    {
        // The binder writes into what it is given: copies.
        var changed = settings with { Values = settings.Values with { }, Reranking = settings.Reranking with { } };
        foreach (var part in section.GetChildren())
        {
            object target = part.Key switch
            {
                nameof(RankingSettings.Values) => changed.Values,
                nameof(RankingSettings.Reranking) => changed.Reranking,
                _ => throw new InvalidOperationException($"Setting '{part.Path}' is none that can be changed."),
            };
            part.Bind(target, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        try
        {
            changed.Values.Validated();
            changed.Reranking.Validated();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidOperationException($"Setting '{section.Path}' is out of its range: {e.ParamName}.", e);
        }
        return changed;
    }

    /// <summary>Experiments that have different people.</summary>
    private sealed class Layer
    {
        private readonly Bucketing _bucketing;

        private Layer(string name, IReadOnlyList<Experiment> experiments)
        {
            _bucketing = new Bucketing(name);
            Experiments = experiments;
            Choices = 1 + experiments.Sum(e => e.Arms.Count);
        }

        public IReadOnlyList<Experiment> Experiments { get; }

        /// <summary>None, or any arm of any experiment.</summary>
        public int Choices { get; }

        public static Layer Read(IConfigurationSection section)
        {
            List<Experiment> experiments = [.. section.GetChildren().Select(Experiment.Read).OrderBy(e => e.From)];
            for (var i = 1; i < experiments.Count; i++)
            {
                if (experiments[i].From <= experiments[i - 1].To)
                    throw new InvalidOperationException($"Experiments '{experiments[i - 1].Name}' and '{experiments[i].Name}' of layer '{section.Key}' share buckets.");
            }
            return new Layer(section.Key, experiments);
        }

        public int ChoiceOf(string userId)
        {
            var bucket = _bucketing.BucketOf(userId);
            var choice = 1;
            for (var i = 0; i < Experiments.Count; i++)
            {
                var experiment = Experiments[i];
                if (bucket >= experiment.From && bucket <= experiment.To) return choice + experiment.ArmOf(userId);
                choice += experiment.Arms.Count;
            }
            return 0;
        }

        public (Experiment Experiment, Arm Arm)? Find(string userId)
        {
            var bucket = _bucketing.BucketOf(userId);
            return Experiments.FirstOrDefault(e => bucket >= e.From && bucket <= e.To) is { } found ? (found, found.Arms[found.ArmOf(userId)]) : null;
        }
    }

    private sealed class Experiment(string name, int from, int to, IReadOnlyList<Arm> arms)
    {
        private readonly Bucketing _bucketing = new(name);

        public string Name => name;

        public int From => from;

        public int To => to;

        public IReadOnlyList<Arm> Arms => arms;

        public static Experiment Read(IConfigurationSection section)
        {
            var options = section.Get<ExperimentOptions>() ?? new ExperimentOptions();
            if (options is not { From: >= 0, To: < Bucketing.Buckets } || options.From > options.To)
                throw new InvalidOperationException($"Experiment '{section.Key}' has buckets {options.From} to {options.To}, which are not within 0 to {Bucketing.Buckets - 1}.");
            if (options.Arms.Values.Any(a => a.Percent < 0) || options.Arms.Values.Sum(a => a.Percent) != 100)
                throw new InvalidOperationException($"The arms of experiment '{section.Key}' do not make 100 %.");

            var arms = section.GetSection(nameof(ExperimentOptions.Arms)).GetChildren().Select(arm => new Arm(arm.Key, options.Arms[arm.Key].Percent, arm.GetSection("Settings")));
            return new Experiment(section.Key, options.From, options.To, [.. arms]);
        }

        public int ArmOf(string userId)
        {
            var place = _bucketing.BucketOf(userId) * 100 / Bucketing.Buckets;
            var arm = 0;
            while ((place -= arms[arm].Percent) >= 0) arm++;
            return arm;
        }
    }

    private sealed record Arm(string Name, int Percent, IConfigurationSection Settings);
}
