using Microsoft.Extensions.Configuration;

namespace TikTok.Functions.Privacy;

/// <summary>Setting <c>Privacy__VerifyAfterSeconds</c>, 360 unless set; the rest is not set from outside.</summary>
/// <param name="VerifyAfter">
/// From the last erasing to the search for what is left: longer than the host lets a function run (host.json's functionTimeout), so that whoever looked the
/// account up before it was gone has written what it would by then, and is found.
/// </param>
public sealed record PrivacyOptions(TimeSpan VerifyAfter)
{
    /// <summary>How long one message's work goes on before it is left to the next message: a part of functionTimeout.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long until work that someone else does is looked at again.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    public static PrivacyOptions From(IConfiguration configuration) =>
        new(TimeSpan.FromSeconds(configuration.GetValue<int>("Privacy:VerifyAfterSeconds", 360)));
}
