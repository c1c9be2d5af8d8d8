using TikTok.Core.Ranking;
using TikTok.Ranker.Features;

namespace TikTok.Benchmarks.Rank;

/// <summary>The same requests for everything that is measured: people in turn, each with a session behind them.</summary>
internal sealed class RankRequests
{
    public const int PageSize = 20;
    public const int DeadlineMs = 50;
    private const int Different = 512;
    private const int SessionVideos = 40;

    private readonly RankRequest[] _requests;
    private readonly byte[][] _bodies;
    private readonly long[][] _sessions;

    public RankRequests(SyntheticCatalogue catalogue)
    {
        var random = new Random(7);
        _requests =
        [
            .. Enumerable.Range(0, Different).Select(i => new RankRequest
            {
                UserId = SyntheticCatalogue.UserId(i % catalogue.People),
                Count = PageSize,
                DeadlineMs = DeadlineMs,
                Exclude = [.. Enumerable.Range(0, SessionVideos).Select(_ => catalogue.VideoId(random.Next(catalogue.Videos)))],
            }),
        ];
        _bodies = [.. _requests.Select(RankServer.Body)];
        _sessions = [.. _requests.Select(request => request.Exclude.Select(id => FeatureId.Of(Field.Video, id)).ToArray())];
    }

    public byte[] Body(int number) => _bodies[number % Different];

    public (string UserId, long[] Session) Query(int number) => (_requests[number % Different].UserId, _sessions[number % Different]);
}
