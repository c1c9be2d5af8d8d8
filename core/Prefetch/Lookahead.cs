namespace TikTok.Core.Prefetch;

/// <summary>Plays the futures of one state from a given first action on. After that action, the plain plan of <see cref="Plan"/> goes on until the horizon.</summary>
internal sealed class Lookahead
{
    private const double ShortestWait = 0.05;
    private readonly IReadOnlyList<QueuedVideo> _queue;
    private readonly BandwidthEstimate _bandwidth;
    private readonly PrefetchParameters _parameters;
    private readonly Futures _futures;
    private readonly double _megabitPrice;
    private readonly double[] _usualValue;

    // The queue once more, in arrays: by video and rendition, then by chunk from the first that is not downloaded.
    private readonly int[] _chunks;
    private readonly double[] _chunkSeconds;
    private readonly double[][] _mbps;
    private readonly double[][][] _megabits;
    private readonly int[] _usualRendition;

    // Of the future being played.
    private readonly double[] _buffer;
    private readonly int[] _downloaded;
    private readonly int[] _last;
    private double[] _watched = [];
    private double _rate;
    private double _played;
    private int _playing;

    public Lookahead(PrefetchState state, PrefetchParameters parameters)
    {
        (_queue, _bandwidth, _parameters) = (state.Queue, state.Bandwidth, parameters);
        _futures = new Futures(state, parameters.Futures);
        _megabitPrice = parameters.MegabitPrice * (1 + parameters.EmptyBatteryFactor * (1 - Math.Clamp(state.Battery, 0, 1)));
        _buffer = new double[_queue.Count];
        _downloaded = new int[_queue.Count];
        _last = new int[_queue.Count];
        _chunks = [.. _queue.Select(v => v.Chunks)];
        _chunkSeconds = [.. _queue.Select(v => v.ChunkSeconds)];
        _mbps = [.. _queue.Select(v => v.Renditions.Select(r => r.Mbps).ToArray())];
        _megabits = [.. _queue.Select(v => v.Renditions.Select(r => r.ChunkMegabits.Skip(v.Downloaded).Take(Window(v)).ToArray()).ToArray())];
        _usualRendition = [.. _queue.Select(Sustainable)];
        _usualValue = [.. _queue.Select((v, i) => Worth(v, _usualRendition[i]))];
    }

    /// <summary>The mean over the futures; only differences between actions mean anything.</summary>
    public double Cost(PrefetchDecision first)
    {
        var sum = 0.0;
        for (var future = 0; future < _futures.Count; future++)
        {
            Begin(future);
            sum += Play(first);
        }

        return sum / _futures.Count;
    }

    private void Begin(int future)
    {
        for (var i = 0; i < _queue.Count; i++)
            (_buffer[i], _downloaded[i], _last[i]) = (_queue[i].BufferSeconds, _queue[i].Downloaded, _queue[i].Downloaded > 0 ? _queue[i].LastRendition : -1);
        (_watched, _rate, _played, _playing) = (_futures.WatchedSeconds(future), _futures.Mbps[future], _queue[0].PlayedSeconds, 0);
    }

    private double Play(PrefetchDecision action)
    {
        double cost = 0, elapsed = 0;
        while (true)
        {
            var seconds = action.WaitSeconds;
            if (action.IsDownload)
            {
                var (video, rendition) = (action.Video, action.Rendition);
                var megabits = Megabits(video, rendition);
                seconds = _bandwidth.RoundTripSeconds + megabits / _rate;
                cost += ChunkCost(video, rendition, megabits) + _parameters.RebufferPrice * Pass(seconds);
                _downloaded[video]++;
                _last[video] = rendition;
                _buffer[video] += _chunkSeconds[video];
            }
            else
            {
                cost += _parameters.RebufferPrice * Pass(seconds);
            }

            elapsed += seconds;
            if (_playing == _queue.Count || elapsed >= _parameters.Horizon) return cost + Backlog();
            action = Plan();
        }
    }

    /// <summary>Megabits and changes less quality, compared with what the chunk would cost at the usual bit rate later: a chunk that is watched is downloaded sooner or later.</summary>
    private double ChunkCost(int video, int rendition, double megabits)
    {
        var cost = _megabitPrice * megabits;
        if (_watched[video] <= _downloaded[video] * _chunkSeconds[video]) return cost;
        var mbps = _mbps[video][rendition];
        var before = _last[video] >= 0 ? _mbps[video][_last[video]] : video > 0 && _last[video - 1] >= 0 ? _mbps[video - 1][_last[video - 1]] : mbps;
        return cost - mbps * _chunkSeconds[video] + _usualValue[video] + _parameters.SwitchPrice * Math.Abs(mbps - before);
    }

    private double Megabits(int video, int rendition) => _megabits[video][rendition][_downloaded[video] - _queue[video].Downloaded];

    /// <returns>For how many of the seconds nothing moved.</returns>
    private double Pass(double seconds)
    {
        const double Instant = 1e-9;
        while (seconds > Instant && _playing < _queue.Count)
        {
            var left = Math.Max(0, _watched[_playing] - _played);
            var wanted = Math.Min(seconds, left);
            var played = Math.Min(wanted, _buffer[_playing]);
            _played += played;
            _buffer[_playing] -= played;
            seconds -= played;
            if (played < wanted - Instant) return seconds;
            if (wanted < left) continue;
            _playing++;
            _played = 0;
        }

        return 0;
    }

    /// <summary>What goes on after the first action: the first video that is short of its target, at the bit rate that the network usually carries.</summary>
    private PrefetchDecision Plan()
    {
        for (var i = _playing; i < _queue.Count; i++)
        {
            if (_downloaded[i] == _chunks[i] || _buffer[i] >= Target(i - _playing)) continue;
            return PrefetchDecision.Download(i, i == _playing && _buffer[i] <= 0.5 * _chunkSeconds[i] ? 0 : _usualRendition[i]);
        }

        var untilSwipe = _watched[_playing] - _played;
        var untilShort = _downloaded[_playing] == _chunks[_playing] ? untilSwipe : _buffer[_playing] - Target(0);
        return PrefetchDecision.Wait(Math.Max(ShortestWait, Math.Min(untilSwipe, untilShort)));
    }

    private double Target(int ahead) => ahead == 0 ? _parameters.PlayingTarget : _parameters.FollowingTarget;

    private double Backlog()
    {
        var sum = 0.0;
        for (var i = _playing; i < Math.Min(_queue.Count, _playing + 2); i++)
        {
            if (_downloaded[i] == _chunks[i]) continue;
            var missing = Math.Max(0, Target(i - _playing) - _buffer[i]);
            sum += missing * missing;
        }

        return 0.5 * _parameters.BacklogWeight * sum;
    }

    /// <summary>No future downloads more of one video than it can play until the horizon and its target hold, and what is under way then.</summary>
    private int Window(QueuedVideo video) => (int)Math.Ceiling((_parameters.Horizon + _parameters.PlayingTarget) / video.ChunkSeconds) + 3;

    private int Sustainable(QueuedVideo video)
    {
        for (var r = video.Renditions.Count - 1; r > 0; r--)
        {
            if (_bandwidth.Seconds(video.Renditions[r].Mbps * video.ChunkSeconds) <= _parameters.PlannedLoad * video.ChunkSeconds) return r;
        }

        return 0;
    }

    private double Worth(QueuedVideo video, int rendition) => video.Renditions[rendition].Mbps * video.ChunkSeconds * (1 - _megabitPrice);
}
