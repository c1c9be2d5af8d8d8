namespace TikTok.Ranker.People;

/// <summary>Where a person's live state is copied from.</summary>
public interface IPersonViews
{
    /// <summary>Fills the view with what the log so far tells of a person; somebody never heard of is somebody new.</summary>
    /// <param name="user">A <see cref="Features.FeatureId"/>.</param>
    /// <param name="now">Unix seconds: what tastes have decayed to.</param>
    void Read(long user, uint now, PersonView view);
}
