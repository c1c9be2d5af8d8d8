using System.Numerics;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Reranking;

/// <summary>One page in the making. Kept and used again by the next request of its thread, so that none allocates.</summary>
internal sealed class Page
{
    private const int BestOfKind = 128;
    private const int MostWindow = 10;

    // What is new is favoured until it has been shown as often as this, or is some days old.
    private const float HeadStart = 100;
    private const float FreshHalfLife = 24 * 60 * 60;

    /// <summary>What brought a candidate because of the person: what none of these did may be beyond their usual.</summary>
    private const CandidatePools Usual =
        CandidatePools.Nearest | CandidatePools.Followed | CandidatePools.Creators | CandidatePools.Hashtags | CandidatePools.Sounds | CandidatePools.Collaborative;

    /// <summary>What is taken when nothing else is left, and the rule that gives way to it.</summary>
    private static readonly (Exclusion Exclusion, RelaxedRules Broken)[] Leavings =
        [(Exclusion.None, RelaxedRules.None), (Exclusion.Skipped, RelaxedRules.Quality), (Exclusion.Watched, RelaxedRules.Watched)];

    private readonly Exclusion[] _exclusions = new Exclusion[Candidates.Capacity];
    private readonly bool[] _isTaken = new bool[Candidates.Capacity];
    private readonly bool[] _isListed = new bool[Candidates.Capacity];
    private readonly float[] _values = new float[Candidates.Capacity];

    /// <summary>What a candidate counts for in exploration; −∞ for what is no exploration.</summary>
    private readonly float[] _exploration = new float[Candidates.Capacity];
    private readonly long[] _creators = new long[Candidates.Capacity];
    private readonly HashSet<long> _session = [];
    private readonly PriorityQueue<int, float> _best = new(Shortlist.Capacity);
    private readonly PriorityQueue<int, float> _popular = new(BestOfKind);
    private readonly PriorityQueue<int, float> _unusual = new(BestOfKind);
    private readonly Shortlist _shortlist = new();
    private readonly PickReason[] _places = new PickReason[Reranker.MaxPicks];

    /// <summary>The creators of the last places, oldest first.</summary>
    private readonly List<long> _last = new(MostWindow);

    public int Fill(in PageRequest request, Span<Pick> picks)
    {
        var confidence = ColdStart.Confidence(request.Person);
        var random = new SplitMix64(request.Seed);
        var places = _places.AsSpan(0, picks.Length);
        SlotPlan.Fill(places, ColdStart.Shares(confidence, request.Options), ref random);

        Admit(request);
        Choose(request, picks.Length, confidence, ref random);
        FollowSession(request);
        var count = 0;
        while (count < picks.Length && Next(request, places[count]) is { Candidate: >= 0 } pick)
        {
            picks[count++] = pick;
            Follow(request.Videos[request.Candidates.Rows[pick.Candidate]], request.Options);
        }
        return count;
    }

    /// <summary>Finds out what may not be shown.</summary>
    private void Admit(in PageRequest request)
    {
        _session.Clear();
        foreach (var video in request.Session) _session.Add(video);

        var rows = request.Candidates.Rows;
        var values = request.Candidates.Values;
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var video = ref request.Videos[rows[i]];
            var exclusion = _session.Count > 0 && _session.Contains(video.Video) ? Exclusion.InSession : Reranker.Judge(request.Person, video, request.Options);
            (_exclusions[i], _creators[i], _isTaken[i], _isListed[i]) = (exclusion, video.Creator, false, false);

            // A value that is no number must not hide the others.
            if (!float.IsFinite(values[i])) values[i] = 0;
            _values[i] = exclusion == Exclusion.None ? values[i] : float.NegativeInfinity;
        }
    }

    /// <summary>Makes the shortlist: the best of all, of the popular, and of what is beyond the person's usual.</summary>
    private void Choose(in PageRequest request, int wanted, float confidence, ref SplitMix64 random)
    {
        var most = Math.Min(Math.Max(4 * wanted, BestOfKind), Shortlist.Capacity - (2 * BestOfKind));
        var pools = request.Candidates.Pools;
        for (var i = 0; i < pools.Length; i++)
        {
            if (_exclusions[i] != Exclusion.None) continue;
            Offer(_best, most, i, _values[i]);
            if (IsPopular(pools[i])) Offer(_popular, BestOfKind, i, _values[i]);
        }

        // Values are told apart by where they lie between the last and the first of the best.
        _best.TryPeek(out _, out var low);
        var high = low;
        foreach (var (_, value) in _best.UnorderedItems) high = Math.Max(high, value);
        var scale = high - low is var range && range > 0 && float.IsFinite(range) ? 1 / range : 0;

        for (var i = 0; i < pools.Length; i++)
        {
            _exploration[i] = float.NegativeInfinity;
            if (_exclusions[i] != Exclusion.None || !IsUnusual(request, i)) continue;
            _exploration[i] = Place(i) + UnusualBonus(request, i, ref random);
            Offer(_unusual, BestOfKind, i, _exploration[i]);
        }

        _shortlist.Clear();
        Shorten(_best, request);
        Shorten(_popular, request);
        Shorten(_unusual, request);

        float Place(int candidate) => Math.Clamp((_values[candidate] - low) * scale, -1, 1);

        void Shorten(PriorityQueue<int, float> queue, in PageRequest request)
        {
            while (queue.TryDequeue(out var candidate, out _))
            {
                if (_isListed[candidate]) continue;
                _isListed[candidate] = true;
                ref readonly var video = ref request.Videos[request.Candidates.Rows[candidate]];
                var place = Place(candidate);
                var popular = IsPopular(request.Candidates.Pools[candidate]) ? place + ((1 - confidence) * FirstBonus(request, video)) : float.NegativeInfinity;
                _shortlist.Add(candidate, video, place, popular, _exploration[candidate]);
            }
        }
    }

    private static void Offer(PriorityQueue<int, float> queue, int most, int candidate, float value)
    {
        if (queue.Count < most) queue.Enqueue(candidate, value);
        else if (queue.TryPeek(out _, out var least) && value > least) queue.DequeueEnqueue(candidate, value);
    }

    private static bool IsPopular(CandidatePools pools) => (pools & CandidatePools.Trending) != 0;

    /// <summary>New; or brought by nothing that the person is known to like, and like nothing of it.</summary>
    private static bool IsUnusual(in PageRequest request, int candidate)
    {
        var pools = request.Candidates.Pools[candidate];
        if ((pools & CandidatePools.Fresh) != 0) return true;
        if ((pools & Usual) != 0) return false;
        ref readonly var video = ref request.Videos[request.Candidates.Rows[candidate]];
        if (request.Person.Creators[video.Creator] > 0) return false;
        foreach (var hashtag in video.Hashtags)
        {
            if (request.Person.Hashtags[hashtag] > 0) return false;
        }
        return true;
    }

    /// <summary>What is known of somebody before their first swipe.</summary>
    private static float FirstBonus(in PageRequest request, in VideoRow video)
    {
        var bonus = request.Person.Country != 0 && request.Person.Country == video.Country ? request.Options.CountryBonus : 0;
        foreach (var interest in request.Person.Interests)
        {
            if (((ReadOnlySpan<long>)video.Hashtags).Contains(interest)) return bonus + request.Options.InterestBonus;
        }
        return bonus;
    }

    private static float UnusualBonus(in PageRequest request, int candidate, ref SplitMix64 random)
    {
        var uniform = Math.Clamp(random.NextSingle(), 1e-6f, 1 - 1e-6f);
        var gumbel = -MathF.Log(-MathF.Log(uniform));
        return (request.Options.ExplorationNoise * gumbel) + (request.Options.FreshBonus * Freshness(request.Videos[request.Candidates.Rows[candidate]], request.Now));
    }

    /// <summary>1 for a video of this moment that nobody has seen; a day later, or after <see cref="HeadStart"/> impressions, a half.</summary>
    private static float Freshness(in VideoRow video, uint now)
    {
        var age = now > video.PublishedAt ? now - video.PublishedAt : 0;
        return float.Exp2(-age / FreshHalfLife) * HeadStart / (HeadStart + video.Statistics.Impressions);
    }

    private void FollowSession(in PageRequest request)
    {
        _last.Clear();
        foreach (var video in request.Session[^Math.Min(request.Session.Length, MostWindow)..])
        {
            if (request.Videos.Find(video) is var row and >= 0) Follow(request.Videos[row], request.Options);
            else Remember(FeatureId.None, request.Options);
        }
    }

    private void Follow(in VideoRow video, RerankingOptions options)
    {
        _shortlist.Follow(video, options.LikenessDecay);
        Remember(video.Creator, options);
    }

    private void Remember(long creator, RerankingOptions options)
    {
        _last.Add(creator);
        if (_last.Count >= options.CreatorWindow) _last.RemoveRange(0, _last.Count - options.CreatorWindow + 1);
    }

    private Pick Next(in PageRequest request, PickReason reason)
    {
        Span<long> space = stackalloc long[MostWindow];
        var crowded = Crowded(space, request.Options);
        var relaxed = RelaxedRules.None;
        var best = _shortlist.Best(reason, request.Options.Relevance, crowded);
        if (best < 0 && reason != PickReason.Personal)
        {
            (reason, relaxed) = (PickReason.Personal, RelaxedRules.Kind);
            best = _shortlist.Best(reason, request.Options.Relevance, crowded);
        }
        if (best >= 0)
        {
            var (candidate, likeness) = _shortlist.Take(best);
            return Taken(request, candidate, reason, likeness, relaxed);
        }

        // The shortlist is used up, or full of a few creators: from here on by value alone.
        foreach (var (exclusion, broken) in Leavings)
        {
            if (BestLeft(request, exclusion, crowded) is var left and >= 0) return Drawn(request, left, relaxed | broken);
            if (BestLeft(request, exclusion, []) is var more and >= 0) return Drawn(request, more, relaxed | broken | RelaxedRules.Creator);
        }
        return new Pick(-1, reason, 0, 0, 0, relaxed);
    }

    private Pick Drawn(in PageRequest request, int candidate, RelaxedRules relaxed)
    {
        if (_isListed[candidate]) _shortlist.Drop(candidate);
        return Taken(request, candidate, PickReason.Personal, 0, relaxed);
    }

    private Pick Taken(in PageRequest request, int candidate, PickReason reason, float likeness, RelaxedRules relaxed)
    {
        _isTaken[candidate] = true;
        return new Pick(candidate, reason, request.Candidates.Values[candidate], PlaceOf(candidate, request.Candidates.Count), likeness, relaxed);
    }

    /// <summary>Creators who have as many of the last places as they may.</summary>
    private ReadOnlySpan<long> Crowded(Span<long> creators, RerankingOptions options)
    {
        var count = 0;
        for (var i = 0; i < _last.Count; i++)
        {
            var times = 0;
            for (var j = i; j < _last.Count; j++) times += _last[j] == _last[i] ? 1 : 0;
            if (times >= options.PerCreator && _last[i] != FeatureId.None) creators[count++] = _last[i];
        }
        return creators[..count];
    }

    private int BestLeft(in PageRequest request, Exclusion exclusion, ReadOnlySpan<long> crowded)
    {
        var values = request.Candidates.Values;
        var best = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (_exclusions[i] == exclusion && !_isTaken[i] && (best < 0 || values[i] > values[best]) && !crowded.Contains(_creators[i])) best = i;
        }
        return best;
    }

    private int PlaceOf(int candidate, int count)
    {
        var value = _values[candidate];
        var values = _values.AsSpan(0, count);
        var above = Vector<int>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count) above -= Vector.GreaterThan(new Vector<float>(values[i..]), new Vector<float>(value));
        var place = 1 + Vector.Sum(above);
        for (; i < values.Length; i++) place += values[i] > value ? 1 : 0;
        return place;
    }
}
