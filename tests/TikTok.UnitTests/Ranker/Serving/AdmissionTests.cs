using TikTok.Ranker.Serving;

namespace TikTok.UnitTests.Ranker.Serving;

public sealed class AdmissionTests
{
    private readonly FakeTime _time = new();
    private readonly Admission _admission = new(places: 2);

    [Fact]
    public async Task As_many_as_there_are_places_come_in_at_once()
    {
        Assert.True(await _admission.EnterAsync(In(50)));
        Assert.True(await _admission.EnterAsync(In(50)));
    }

    [Fact]
    public async Task Who_would_not_be_done_in_time_is_told_at_once()
    {
        await _admission.EnterAsync(In(50));
        await _admission.EnterAsync(In(50));

        var entering = _admission.EnterAsync(In(_admission.Typical.TotalMilliseconds));

        Assert.True(entering.IsCompleted);
        Assert.False(await entering);
    }

    [Fact]
    public async Task Who_can_wait_gets_the_place_that_comes_free()
    {
        await _admission.EnterAsync(In(50));
        await _admission.EnterAsync(In(50));
        var entering = _admission.EnterAsync(In(900)).AsTask();

        _admission.Leave(TimeSpan.FromMilliseconds(10));

        Assert.True(await entering);
        Assert.Equal(0, _admission.Waiting);
    }

    [Fact]
    public async Task The_longer_the_queue_the_more_time_one_needs_to_join_it()
    {
        await _admission.EnterAsync(In(50));
        await _admission.EnterAsync(In(50));
        var patient = Enumerable.Range(0, 6).Select(_ => _admission.EnterAsync(In(900)).AsTask()).ToList();

        var seventh = await _admission.EnterAsync(In(40));

        Assert.False(seventh);
        Assert.All(patient, waiting => Assert.False(waiting.IsCompleted));
        for (var i = 0; i < patient.Count; i++) _admission.Leave(TimeSpan.FromMilliseconds(10));
        Assert.All(await Task.WhenAll(patient), Assert.True);
    }

    [Fact]
    public async Task What_requests_take_is_learned()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.True(await _admission.EnterAsync(In(50)));
            _admission.Leave(TimeSpan.FromMilliseconds(30));
        }

        Assert.InRange(_admission.Typical.TotalMilliseconds, 29.9, 30.1);
    }

    private RequestDeadline In(double milliseconds) => RequestDeadline.In(_time, TimeSpan.FromMilliseconds(milliseconds));
}
