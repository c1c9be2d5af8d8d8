using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TikTok.Benchmarks.Rank;
using TikTok.Ranker;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Publishing;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Benchmarks.Restart;

/// <summary>The trainer's own state in this process, without anything that follows or publishes: to fill a snapshot with, and to read one back.</summary>
internal sealed class RestartState : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _directory;

    /// <param name="directory">Of the snapshots.</param>
    private RestartState(string directory, TimeProvider time)
    {
        _directory = directory;
        Snapshots = new StateSnapshots(directory, time);
        _services = new ServiceCollection().AddLogging().AddSingleton(time).AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddTrainerRole(directory).BuildServiceProvider();
    }

    public StateSnapshots Snapshots { get; }

    public VideoTable Videos => _services.GetRequiredService<VideoTable>();

    public PersonTable People => _services.GetRequiredService<PersonTable>();

    private IReadOnlyCollection<ISnapshotPart> Parts => TrainerRegistration.SnapshotParts(_services, trains: true);

    /// <summary>As it would be after months: the catalogue, its people's histories, what was learned of every video and of what it is made of. Read where an earlier run left it.</summary>
    /// <param name="kept">Where that is; null: nowhere.</param>
    public static RestartState Filled(SyntheticCatalogue catalogue, string? kept, string otherwise, TimeProvider time, Action<string> log, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"restart-{catalogue.Videos}");
        var state = new RestartState(kept is null ? otherwise : Path.Combine(kept, name), time);
        if (state.Snapshots.Names().Count > 0)
        {
            state.Restore();
            return state;
        }
        var ranker = new LargeRanker(state._services);
        ranker.Fill(catalogue, log);
        state.LearnTowers();
        ranker.Space.Renew(all: true, cancellationToken);
        log($"index of {ranker.Space.Indexed:#,0} videos");
        state.Snapshots.Save(state.Parts);
        return state;
    }

    /// <summary>The newest snapshot that the trainer has uploaded.</summary>
    public static async Task<RestartState> UploadedAsync(IModelFiles files, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var state = new RestartState(directory, time);
        await new StateSnapshotFiles(files, state.Snapshots).DownloadAsync(cancellationToken);
        state.Restore();
        return state;
    }

    public Task UploadAsync(IModelFiles files, CancellationToken cancellationToken) => new StateSnapshotFiles(files, Snapshots).UploadAsync(cancellationToken);

    public PersonView View(string userId)
    {
        var view = new PersonView();
        People.TryView(userId, view, UnixTime.Of(_services.GetRequiredService<TimeProvider>().GetUtcNow()));
        return view;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private void Restore()
    {
        var restored = Snapshots.Restore(Parts);
        if (restored.Name is null) throw new InvalidOperationException($"{_directory}: {string.Join(", ", restored.Faults)}");
    }

    /// <summary>Each video away from where its features alone would put it.</summary>
    private void LearnTowers()
    {
        const float spread = 0.15f;
        var towers = _services.GetRequiredService<TowerTable>();

        // A vector without its last component, which is not stored, and in its place what the optimiser keeps.
        var row = new float[towers.Options.Dimensions];
        var random = new Random(5);
        for (var video = 0; video < Videos.Count; video++)
        {
            for (var i = 0; i < row.Length - 1; i++) row[i] = spread * (float)Math.Sqrt(12) * (random.NextSingle() - 0.5f);
            towers.Writer.Put(Videos[video].Video, row);
        }
        towers.Changed();
    }
}
