using System.Threading.Channels;

namespace TikTok.LocalTests.Functions;

/// <summary>What the functions of a test were given, in order, and how they are to behave.</summary>
public sealed class Recorder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<Seen> _seen = Channel.CreateUnbounded<Seen>();

    /// <summary>Runs inside every function, after it was recorded; throwing makes the function fail.</summary>
    public Func<Seen, CancellationToken, Task> Behaviour { get; set; } = (_, _) => Task.CompletedTask;

    public async Task SeeAsync(string function, string value, CancellationToken cancellationToken, object? detail = null)
    {
        var seen = new Seen(function, value, detail);
        await _seen.Writer.WriteAsync(seen, CancellationToken.None);
        await Behaviour(seen, cancellationToken);
    }

    /// <summary>The next thing that a function was given.</summary>
    public async Task<Seen> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return await _seen.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Everything that has come and was not taken yet.</summary>
    public IReadOnlyList<Seen> Rest()
    {
        var rest = new List<Seen>();
        while (_seen.Reader.TryRead(out var seen))
        {
            rest.Add(seen);
        }

        return rest;
    }
}

public sealed record Seen(string Function, string Value, object? Detail);
