using Microsoft.Extensions.Logging.Abstractions;
using TikTok.Functions.Feed;

namespace TikTok.UnitTests.Feed;

public sealed class SharedReadingTests
{
    private readonly FakeTime _time = new();
    private readonly SharedReading<string> _reading;
    private Func<Task<string>> _read = () => Task.FromResult("first");
    private int _reads;

    public SharedReadingTests() => _reading = new SharedReading<string>(
        "It",
        _ =>
        {
            Interlocked.Increment(ref _reads);
            return _read();
        },
        _time,
        NullLogger.Instance);

    [Fact]
    public async Task It_is_read_once_a_minute()
    {
        await Task.WhenAll(GetAsync(), GetAsync());
        await GetAsync();
        Assert.Equal(1, _reads);

        _time.Advance(TimeSpan.FromMinutes(2));
        _read = () => Task.FromResult("second");

        Assert.Equal("second", await GetAsync());
    }

    [Fact]
    public async Task What_cannot_be_read_again_stays_as_it_was()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        _read = () => Task.FromException<string>(new HttpRequestException("refused"));

        Assert.Equal("first", await GetAsync());
    }

    [Fact]
    public async Task What_takes_too_long_to_read_again_is_as_it_was_until_it_is_there()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        var second = new TaskCompletionSource<string>();
        _read = () => second.Task;

        var meanwhile = GetAsync();
        _time.Advance(Patience.Usual);
        Assert.Equal("first", await meanwhile);
        second.SetResult("second");

        Assert.Equal("second", await GetAsync());
    }

    [Fact]
    public async Task What_was_never_read_and_cannot_be_is_an_error()
    {
        _read = () => Task.FromException<string>(new HttpRequestException("refused"));

        await Assert.ThrowsAsync<HttpRequestException>(GetAsync);
    }

    private Task<string> GetAsync() => _reading.GetAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
}
