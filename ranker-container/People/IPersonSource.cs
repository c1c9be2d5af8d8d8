namespace TikTok.Ranker.People;

/// <summary>Where a request learns whom it is for.</summary>
public interface IPersonSource
{
    /// <summary>Fills the view with what is known of a person. Never throws, never takes longer than the budget: what is not ready in time is left as it was known before.</summary>
    /// <param name="userId">The account's id.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="into"><see cref="PersonView.IsStale"/> says whether anything is missing or old.</param>
    ValueTask ReadAsync(string userId, uint now, TimeSpan budget, PersonView into);
}
