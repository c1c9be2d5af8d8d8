using TikTok.Local.EventHubs;

namespace TikTok.UnitTests.EventHubs;

public sealed class SharedAccessSignatureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("sb://127.0.0.1:5672/hub", "/hub/messages", true)]
    [InlineData("https://127.0.0.1/", "/hub/messages", true)]
    [InlineData("127.0.0.1", "/hub/messages", true)]
    [InlineData("amqps://127.0.0.1/HUB", "/hub/partitions/0/messages", true)]
    [InlineData("sb://127.0.0.1/hu", "/hub/messages", false)]
    [InlineData("sb://127.0.0.1/other", "/hub/messages", false)]
    [InlineData("sb://another.host/hub", "/hub/messages", false)]
    public void A_token_opens_its_resource_and_what_is_below(string resource, string path, bool opens)
    {
        var token = SharedAccessSignature.Create(resource, "policy", "secret", Now.AddMinutes(1));

        Assert.Equal(opens, SharedAccessSignature.Refuse(token, "127.0.0.1", path, "policy", "secret", Now) is null);
    }

    [Theory]
    [InlineData("policy", "another secret", 1, "InvalidSignature")]
    [InlineData("another policy", "secret", 1, "InvalidSignature")]
    [InlineData("policy", "secret", 0, "ExpiredToken")]
    public void A_token_that_is_not_good_says_why(string policy, string key, int minutes, string reason)
    {
        var token = SharedAccessSignature.Create("sb://127.0.0.1/hub", policy, key, Now.AddMinutes(minutes));

        Assert.StartsWith(reason, SharedAccessSignature.Refuse(token, "127.0.0.1", "/hub", "policy", "secret", Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer abc")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&sig=b&se=soon&skn=c")]
    public void What_is_no_token_is_refused(string? authorization) =>
        Assert.NotNull(SharedAccessSignature.Refuse(authorization, "127.0.0.1", "/hub", "policy", "secret", Now));
}
