namespace TikTok.Ranker.State;

/// <summary>State that says something of single people, by whatever id.</summary>
public interface IPersonMemory
{
    /// <summary>Removes what there is of a person whose account is gone. Called from any thread, any number of times.</summary>
    void Forget(string userId);
}
