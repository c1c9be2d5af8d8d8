namespace TikTok.Local.Functions.Hosting;

/// <summary>The functions of this host.</summary>
/// <param name="HostId">Names the host's state in storage: the app's name, so that it is the same after a restart.</param>
internal sealed record FunctionSet(string HostId, IReadOnlyList<HostedFunction> All)
{
    /// <summary>A host id is up to 32 lower-case letters, digits and single hyphens.</summary>
    public static string HostIdFrom(string name)
    {
        var id = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return id.Length > 32 ? id[..32].TrimEnd('-') : id;
    }
}
