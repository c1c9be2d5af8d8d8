using System.Numerics.Tensors;
using System.Text;
using TikTok.Core.Events;
using TikTok.Ranker.Embeddings;
using TikTok.Ranker.Features;
using TikTok.Ranker.People;
using TikTok.Ranker.Retrieval.Towers;
using TikTok.Ranker.State;
using TikTok.Ranker.Videos;

namespace TikTok.Ranker.Training.Towers;

/// <summary>
/// Learns the towers from the log as it comes. For each video that somebody liked, the person's vector is pooled from what they watched before, and the video's probability is
/// raised in a softmax against videos that others were shown, any videos, and those that this person skipped. The same events in the same order make the same table.
/// </summary>
/// <remarks>
/// Negatives are drawn from what was shown, and their probability is not corrected for how often that was: so the inner product tells what people like beyond its being shown to them. How
/// popular a video is, is the ranker's business and the trending pool's. A fourth come from all videos, so that those never shown are told apart, too (mixed negatives:
/// Yang and others, WWW 2020). It must be told of an event before the people's live state is: what is learned from is the history before it.
/// </remarks>
/// <param name="published">What the table is compared with before it is published; null to compare with nothing.</param>
public sealed class OnlineTowerTrainer(
    VideoTable videos, TowerTable towers, VideoSpace space, IPersonViews people, OnlineTowerOptions options, PublishedTowers? published = null)
    : IInteractionFold, ISnapshotPart
{
    private const int Version = 1;
    private const int MaxParts = 1 + ContentFeatures.Capacity;

    private readonly PersonView _person = new();
    private readonly long[] _shown = new long[options.ShownMemory];
    private readonly int[] _rows = new int[1 + options.ShownNegatives + options.AnyNegatives + options.SkippedNegatives];
    private readonly float[] _vectors = new float[(1 + options.ShownNegatives + options.AnyNegatives + options.SkippedNegatives) * towers.Options.Dimensions];
    private readonly float[] _probabilities = new float[1 + options.ShownNegatives + options.AnyNegatives + options.SkippedNegatives];
    private readonly float[] _user = new float[towers.Options.Dimensions];
    private readonly float[] _userGradient = new float[towers.Options.Dimensions];
    private readonly float[] _otherUser = new float[towers.Options.Dimensions];
    private readonly float[] _otherVector = new float[towers.Options.Dimensions];
    private readonly float[] _otherScores = new float[1 + options.ShownNegatives + options.AnyNegatives + options.SkippedNegatives];
    private long _shownCount;
    private ulong _draws;

    public string Name => "tower-trainer";

    /// <summary>Examples learned from.</summary>
    public long Steps { get; private set; }

    /// <summary>Examples that were not learned from because a number was not finite.</summary>
    public long Rejected { get; private set; }

    public void Apply(LoggedInteraction logged)
    {
        var interaction = logged.Interaction;
        if (interaction.VideoId is null || videos.Find(FeatureId.Of(Field.Video, interaction.VideoId)) is not (>= 0 and var row)) return;
        if (videos[row].Creator == FeatureId.Of(Field.Creator, interaction.UserId)) return;
        if (interaction.Type == InteractionType.Watch) _shown[_shownCount++ % _shown.Length] = videos[row].Video;
        if (LikedVideos.IsLiked(interaction, videos[row], options.LikedFrom)) Learn(interaction, row);
    }

    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Version);
        writer.Write(_draws);
        var kept = Math.Min(_shownCount, _shown.Length);
        writer.Write((int)kept);
        for (var i = _shownCount - kept; i < _shownCount; i++) writer.Write(_shown[i % _shown.Length]);
    }

    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadInt32() is var version && version != Version) throw new InvalidDataException($"The towers' trainer of version {version}; this reads {Version}.");
        _draws = reader.ReadUInt64();
        _shownCount = 0;
        for (var left = reader.ReadInt32(); left > 0; left--) _shown[_shownCount++ % _shown.Length] = reader.ReadInt64();
    }

    private void Learn(Interaction interaction, int row)
    {
        people.Read(FeatureId.Of(Field.User, interaction.UserId), (uint)Math.Clamp(interaction.At.ToUnixTimeSeconds(), 0, uint.MaxValue), _person);
        PersonTower.Pool(_person, towers, new WithoutOne(videos, towers, space, videos[row].Video), _user);
        var count = Choose(row);
        for (var i = 0; i < count; i++) towers.Compose(videos[_rows[i]], space.Words[_rows[i]], VectorOf(i));
        if (!TryPredict(count))
        {
            Rejected++;
            return;
        }

        if (published?.IsNext() == true) published.Compare(PreferredShare(_probabilities.AsSpan(0, count)), PreferredShareBy(published.Table, count));

        AdmitParts(row);
        _userGradient.AsSpan().Clear();
        for (var i = 0; i < count; i++)
        {
            var slope = i == 0 ? _probabilities[i] - 1 : _probabilities[i];
            TensorPrimitives.MultiplyAdd(VectorOf(i), slope, _userGradient, _userGradient);
            UpdateParts(_rows[i], slope);
        }
        UpdateBase();
        towers.Changed();
        Steps++;
    }

    /// <summary>The video, then what it is held against; one may be there twice, as it may be shown twice.</summary>
    private int Choose(int liked)
    {
        var count = 0;
        _rows[count++] = liked;
        var skips = options.SkippedNegatives;
        foreach (ref readonly var entry in _person.History)
        {
            if (skips == 0) break;
            if (PersonTower.Worth(entry.Ratio, entry.Signals) >= 0 || videos.Find(entry.Video) is not (>= 0 and var skipped) || skipped == liked) continue;
            _rows[count++] = skipped;
            skips--;
        }
        var shown = (int)Math.Min(_shownCount, _shown.Length);
        for (var i = 0; i < options.ShownNegatives && shown > 0; i++)
        {
            if (videos.Find(_shown[Draw(shown)]) is >= 0 and var other && other != liked) _rows[count++] = other;
        }
        for (var i = 0; i < options.AnyNegatives; i++)
        {
            if (Draw(videos.Count) is var any && any != liked) _rows[count++] = any;
        }
        return count;
    }

    /// <returns>Whether all is finite.</returns>
    private bool TryPredict(int count)
    {
        var scores = _probabilities.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            scores[i] = TensorPrimitives.Dot(_user, VectorOf(i));
            if (!float.IsFinite(scores[i])) return false;
        }
        TensorPrimitives.SoftMax(scores, scores);
        return true;
    }

    /// <summary>The share of the others that come before what was liked.</summary>
    private static double PreferredShare(ReadOnlySpan<float> scores)
    {
        var before = 0.0;
        foreach (var other in scores[1..]) before += other > scores[0] ? 1 : other == scores[0] ? 0.5 : 0;
        return before / Math.Max(1, scores.Length - 1);
    }

    /// <summary>The same by another table.</summary>
    private double PreferredShareBy(TowerTable table, int count)
    {
        PersonTower.Pool(_person, table, new WithoutOne(videos, table, space, videos[_rows[0]].Video), _otherUser);
        for (var i = 0; i < count; i++)
        {
            table.Compose(videos[_rows[i]], space.Words[_rows[i]], _otherVector);
            _otherScores[i] = TensorPrimitives.Dot<float>(_otherUser, _otherVector);
        }
        return PreferredShare(_otherScores.AsSpan(0, count));
    }

    /// <summary>Counts a sighting of the video and of what it is made of; what is seen often enough has a row from now on.</summary>
    private void AdmitParts(int row)
    {
        Span<long> ids = stackalloc long[MaxParts];
        Span<float> weights = stackalloc float[MaxParts];
        var parts = TowerTable.ReadParts(videos[row], space.Words[row], ids, weights);
        foreach (var id in ids[..parts]) towers.Writer.Observe(id);
    }

    private void UpdateParts(int row, float slope)
    {
        Span<long> ids = stackalloc long[MaxParts];
        Span<float> weights = stackalloc float[MaxParts];
        var parts = TowerTable.ReadParts(videos[row], space.Words[row], ids, weights);
        var direction = _user.AsSpan(..^1);
        var meanSquare = TensorPrimitives.SumOfSquares<float>(direction) / direction.Length;
        for (var i = 0; i < parts; i++)
        {
            towers.Writer.Update(ids[i], new Gradient(direction, slope * weights[i], meanSquare, options, options.LearningRate, towers.Options.Radius), Update);
        }
        space.Touch(row);
    }

    private void UpdateBase()
    {
        // Nobody's bias is learned here, and the filler is none of the learned dimensions.
        _userGradient.AsSpan(^TowerVector.Extra..).Clear();
        var direction = _userGradient.AsSpan(..^1);
        var meanSquare = TensorPrimitives.SumOfSquares<float>(direction) / direction.Length;
        var gradient = new Gradient(direction, 1, meanSquare, options, options.BaseLearningRate, towers.Options.Radius);
        if (towers.Writer.Update(TowerTable.EverybodyId, gradient, Update)) return;
        towers.Writer.Put(TowerTable.EverybodyId, new float[towers.Options.Dimensions - 1 + TowerTable.StateWidth]);
        towers.Writer.Update(TowerTable.EverybodyId, gradient, Update);
    }

    /// <summary>
    /// Adagrad with one sum for the whole row (Duchi and others, 2011; by rows as in DLRM), which forgets. What is already in the sum at the start keeps a first step from
    /// being large when its gradient is not.
    /// </summary>
    private static void Update(Span<float> row, Gradient gradient)
    {
        const float initial = 0.02f;
        var values = row[..^TowerTable.StateWidth];
        ref var squares = ref row[^1];
        squares = (gradient.Options.SquaresKept * squares) + (gradient.Slope * gradient.Slope * gradient.MeanSquare);
        TensorPrimitives.Multiply(values, 1 - gradient.Options.Decay, values);
        TensorPrimitives.MultiplyAdd(gradient.Direction, -gradient.Rate * gradient.Slope / MathF.Sqrt(squares + initial), values, values);
        var length = TensorPrimitives.Norm<float>(values);
        if (length > gradient.Longest) TensorPrimitives.Multiply(values, gradient.Longest / length, values);
    }

    private Span<float> VectorOf(int index) => _vectors.AsSpan(index * towers.Options.Dimensions, towers.Options.Dimensions);

    /// <summary>0 to below − 1, from the seed and the number of the draw.</summary>
    private int Draw(int below) => (int)(IdHash.Of((long)_draws++, options.Seed * 0x9E37_79B9_7F4A_7C15) % (uint)below);

    /// <summary>The gradient of the loss by a row: the slope times the direction.</summary>
    private readonly ref struct Gradient(ReadOnlySpan<float> direction, float slope, float meanSquare, OnlineTowerOptions options, float rate, float longest)
    {
        public readonly ReadOnlySpan<float> Direction = direction;
        public readonly float Slope = slope;
        public readonly float MeanSquare = meanSquare;
        public readonly OnlineTowerOptions Options = options;
        public readonly float Rate = rate;
        public readonly float Longest = longest;
    }

    /// <summary>Videos as what is learned to this moment makes them, so that no copy's age shows in what is learned; the one to be predicted left out.</summary>
    private readonly struct WithoutOne(VideoTable videos, TowerTable towers, VideoSpace space, long predicted) : IVideoVectorSource
    {
        public bool TryGet(long video, Span<float> vector)
        {
            if (video == predicted || videos.Find(video) is not (>= 0 and var row)) return false;
            towers.Compose(videos[row], space.Words[row], vector);
            return true;
        }
    }
}
