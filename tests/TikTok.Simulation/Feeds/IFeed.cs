using TikTok.Core.Documents;
using TikTok.Core.Events;

namespace TikTok.Simulation.Feeds;

/// <summary>Something that decides what people see, by what a service knows: documents, accounts, and the log.</summary>
public interface IFeed
{
    string Name { get; }

    /// <summary>A video is there for everyone.</summary>
    void Publish(Video video);

    /// <summary>An account is there.</summary>
    void Join(Profile profile);

    /// <summary>The next videos for a person: best first, distinct, none that they have seen.</summary>
    /// <param name="session">Those of the session so far.</param>
    ValueTask<IReadOnlyList<string>> NextAsync(string userId, int count, IReadOnlyList<string> session, DateTimeOffset now);

    void Observe(LoggedInteraction logged);
}
