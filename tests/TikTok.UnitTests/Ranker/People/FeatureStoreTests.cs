using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Core.Events;
using TikTok.Ranker.People;

namespace TikTok.UnitTests.Ranker.People;

public sealed class FeatureStoreTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(3);

    private readonly Log _log = new();
    private readonly FakeTime _time = new(Log.Start);
    private readonly ScriptedPersonReader _reader = new();
    private readonly PersonView _view = new();
    private readonly FeatureStore _store;

    public FeatureStoreTests() => _store = Store();

    private uint Now => Log.Seconds(_time.GetUtcNow());

    [Fact]
    public async Task Somebody_new_is_read_within_the_budget()
    {
        _reader.Country = "SE";

        await ReadAsync("anna");

        Assert.Equal((CountryCode.Of("SE"), false, false), (_view.Country, _view.IsTeen, _view.IsStale));
        Assert.Equal(["anna", "watched anna"], _reader.Calls);
    }

    [Fact]
    public async Task A_read_that_is_late_leaves_a_stranger_and_the_next_request_has_it()
    {
        var holding = _reader.Hold();
        var reading = _store.ReadAsync("anna", Now, Budget, _view).AsTask();
        await _reader.CalledAsync("anna");
        _time.Advance(Budget);
        await reading;
        Assert.Equal((true, true), (_view.IsStale, _view.IsTeen));

        holding.SetResult();
        await ReadAsync("anna");

        Assert.Equal((false, false), (_view.IsStale, _view.IsTeen));
        Assert.Single(_reader.Calls, "anna");
    }

    [Fact]
    public async Task However_many_ask_a_person_is_read_once()
    {
        var holding = _reader.Hold();
        var readings = Enumerable.Range(0, 20).Select(_ => _store.ReadAsync("anna", Now, TimeSpan.FromMinutes(1), new PersonView()).AsTask()).ToList();
        await _reader.CalledAsync("anna");
        holding.SetResult();
        await Task.WhenAll(readings);

        Assert.Single(_reader.Calls, "anna");
    }

    [Fact]
    public async Task Somebody_known_is_answered_at_once_and_looked_at_again_after_a_minute()
    {
        await ReadAsync("anna");
        _reader.Rejected.Add(7);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_store.ReadAsync("anna", Now, Budget, _view).IsCompleted);
        Assert.DoesNotContain("refresh anna", _reader.Calls);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_store.ReadAsync("anna", Now, Budget, _view).IsCompleted);
        Assert.Empty(_view.Avoided);
        await _reader.CalledAsync("refresh anna");
        await SettledAsync("anna");

        await ReadAsync("anna");
        Assert.Equal([7L], _view.Avoided);
        Assert.False(_view.IsStale);
    }

    [Fact]
    public async Task After_an_hour_everything_is_read_anew_within_the_budget()
    {
        await ReadAsync("anna");
        _reader.Country = "NO";
        _time.Advance(TimeSpan.FromMinutes(61));

        await ReadAsync("anna");

        Assert.Equal(CountryCode.Of("NO"), _view.Country);
        Assert.False(_view.IsStale);
    }

    [Fact]
    public async Task When_the_database_fails_what_was_known_stays_and_is_marked_when_it_is_old()
    {
        _reader.Country = "SE";
        await ReadAsync("anna");
        _reader.Failure = new HttpRequestException();

        _time.Advance(TimeSpan.FromMinutes(30));
        await ReadAsync("anna");
        Assert.Equal((CountryCode.Of("SE"), false), (_view.Country, _view.IsStale));

        _time.Advance(TimeSpan.FromMinutes(31));
        await ReadAsync("anna");
        Assert.Equal((CountryCode.Of("SE"), true), (_view.Country, _view.IsStale));
    }

    [Fact]
    public async Task A_database_that_failed_is_given_a_rest()
    {
        _reader.Failure = new HttpRequestException();
        await ReadAsync("anna");
        Assert.True(_store.ReadAsync("ben", Now, Budget, _view).IsCompleted);
        Assert.Equal((true, true), (_view.IsStale, _view.IsTeen));
        Assert.DoesNotContain("ben", _reader.Calls);

        _reader.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        await ReadAsync("ben");
        Assert.False(_view.IsStale);
    }

    [Fact]
    public async Task No_more_people_are_read_at_once_than_is_set()
    {
        var store = Store(new FeatureStoreOptions { Concurrency = 2 });
        var holding = _reader.Hold();
        var readings = new[] { "anna", "ben" }.Select(id => store.ReadAsync(id, Now, Budget, new PersonView()).AsTask()).ToList();
        await _reader.CalledAsync("ben");

        Assert.True(store.ReadAsync("cleo", Now, Budget, _view).IsCompleted);
        Assert.True(_view.IsStale);
        Assert.DoesNotContain("cleo", _reader.Calls);

        holding.SetResult();
        await Task.WhenAll(readings);
    }

    [Fact]
    public async Task A_read_that_hangs_is_given_up_and_may_be_tried_again()
    {
        _ = _reader.Hold();
        var reading = _store.ReadAsync("anna", Now, TimeSpan.FromMinutes(1), _view).AsTask();
        await _reader.CalledAsync("anna");
        _time.Advance(TimeSpan.FromSeconds(2));
        await reading;
        Assert.True(_view.IsStale);

        _reader.Release();
        _time.Advance(TimeSpan.FromSeconds(2));
        await ReadAsync("anna");
        Assert.False(_view.IsStale);
    }

    [Fact]
    public async Task Somebody_who_comes_back_has_their_history_from_the_database()
    {
        _reader.Watched = [new HistoryEntry(Log.Video(1), 1, SwipeSignals.Finished, Now - 100)];

        await ReadAsync("anna");

        Assert.Equal(1, _view.Swipes);
        Assert.True(_view.Watched.Contains(Log.Video(1)));
    }

    [Fact]
    public async Task Of_somebody_with_a_full_history_the_database_is_not_asked_what_they_watched()
    {
        for (var i = 0; i < PersonView.HistoryCapacity; i++) _log.Watch("anna", i, at: Log.Start.AddSeconds(i));

        await ReadAsync("anna");

        Assert.Equal(["anna"], _reader.Calls);
    }

    [Fact]
    public async Task Somebody_who_swiped_before_they_could_be_read_has_their_history_all_the_same()
    {
        _log.Watch("anna", 2);
        _reader.Watched = [new HistoryEntry(Log.Video(1), 1, SwipeSignals.Finished, Now - 100), new HistoryEntry(Log.Video(2), 1, SwipeSignals.Finished, Now - 1)];

        await ReadAsync("anna");
        _time.Advance(TimeSpan.FromHours(2));
        await ReadAsync("anna");

        Assert.Equal([Log.Video(2), Log.Video(1)], _view.History.ToArray().Select(e => e.Video));
        Assert.Equal((2, 0), (_view.Swipes, _view.SessionSwipes));
        Assert.Single(_reader.Calls, "watched anna");
    }

    [Fact]
    public async Task Somebody_without_an_account_is_taken_for_a_teen_and_asked_for_again_after_a_minute()
    {
        _reader.Missing = true;
        await ReadAsync("anna");
        await ReadAsync("anna");
        Assert.Equal((true, true), (_view.IsStale, _view.IsTeen));
        Assert.Single(_reader.Calls, "anna");

        _reader.Missing = false;
        _time.Advance(TimeSpan.FromSeconds(61));
        await ReadAsync("anna");
        Assert.False(_view.IsStale);
    }

    [Fact]
    public async Task A_follow_that_the_log_tells_of_is_known_before_the_database_is_asked_again()
    {
        await ReadAsync("anna");
        _log.Tell("anna", InteractionType.Follow, "cook");

        await ReadAsync("anna");

        Assert.Equal([Log.Creator("cook")], _view.Followed);
        Assert.Single(_reader.Calls, "anna");
    }

    [Fact]
    public async Task The_facts_of_somebody_active_can_be_had_read_without_waiting()
    {
        _store.Refresh("anna", Now);
        await _reader.CalledAsync("anna");
        await SettledAsync("anna");
        _store.Refresh("anna", Now);

        Assert.Single(_reader.Calls, "anna");
    }

    [Fact]
    public async Task Somebody_without_an_account_is_not_read_for_each_of_their_swipes()
    {
        _reader.Missing = true;
        await ReadAsync("anna");

        for (var i = 0; i < 10; i++) _store.Refresh("anna", Now);
        await ReadAsync("ben");

        Assert.Single(_reader.Calls, "anna");
    }

    [Fact]
    public async Task One_document_that_cannot_be_read_keeps_nobody_else_from_being_read()
    {
        _reader.Failure = new JsonException();
        await ReadAsync("anna");
        _reader.Failure = null;

        await ReadAsync("ben");

        Assert.False(_view.IsStale);
    }

    private FeatureStore Store(FeatureStoreOptions? options = null) =>
        new(_log.People, _reader, options ?? new FeatureStoreOptions(), _time, NullLogger<FeatureStore>.Instance);

    /// <summary>With all the time that the read takes.</summary>
    private async Task ReadAsync(string userId) => await _store.ReadAsync(userId, Now, TimeSpan.FromDays(1), _view);

    /// <summary>Until the read behind an answer is done with.</summary>
    private async Task SettledAsync(string userId)
    {
        while (_log.People.FactsOf(userId)?.CheckedAt != Now) await Task.Yield();
    }
}
