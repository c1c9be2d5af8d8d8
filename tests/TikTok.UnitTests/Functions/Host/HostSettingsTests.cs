using Microsoft.Extensions.Configuration;
using TikTok.Local.Functions.Hosting;

namespace TikTok.UnitTests.Functions.Host;

public sealed class HostSettingsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_takes_what_is_written_and_defaults_for_the_rest()
    {
        var settings = Read("""
            { "version": "2.0", "functionTimeout": "00:01:00", "extensions": { "queues": { "batchSize": 8, "messageEncoding": "none" }, "http": { "routePrefix": "" } } }
            """);

        Assert.Equal(TimeSpan.FromMinutes(1), settings.FunctionTimeout);
        Assert.Equal((8, 4, 5, false), (settings.Queues.BatchSize, settings.Queues.NewBatchThresholdOrDefault, settings.Queues.MaxDequeueCount, settings.Queues.IsBase64));
        Assert.Equal("", settings.Http.RoutePrefix);
        Assert.Equal(100, settings.EventHubs.MaxEventBatchSize);
    }

    [Fact]
    public void An_app_setting_wins_over_the_file() => Assert.Equal(3, Read(
        """{ "version": "2.0", "extensions": { "queues": { "batchSize": 8 } } }""",
        ("AzureFunctionsJobHost:extensions:queues:batchSize", "3")).Queues.BatchSize);

    [Fact]
    public void A_timeout_of_minus_one_is_none() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Read("""{ "version": "2.0", "functionTimeout": "-1" }""").FunctionTimeout);

    [Theory]
    [InlineData("""{ "version": "1.0" }""")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "batchSize": 33 } } }""")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "maxDequeueCount": 0 } } }""")]
    [InlineData("""{ "version": "2.0", "extensions": { "queues": { "messageEncoding": "utf-7" } } }""")]
    public void A_file_that_the_real_host_refuses_is_refused(string json) => Assert.Throws<InvalidDataException>(() => Read(json));

    [Fact]
    public void Resolve_replaces_names_by_settings_and_says_which_is_missing()
    {
        var settings = new AppSettings(Configuration(("hub", "interactions"), ("env", "test")));

        Assert.Equal("interactions-test", settings.Resolve("%hub%-%env%"));
        Assert.Contains("'other'", Assert.Throws<InvalidOperationException>(() => settings.Resolve("%other%")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AzureWebJobsStore")]
    [InlineData("Store")]
    [InlineData("ConnectionStrings:Store")]
    public void A_connection_is_found_where_the_real_host_looks(string key) =>
        Assert.Equal("x", new AppSettings(Configuration((key, "x"))).ConnectionString("Store", "fallback"));

    [Fact]
    public void An_identity_based_connection_is_refused_with_a_reason()
    {
        var settings = new AppSettings(Configuration(("Store:blobServiceUri", "https://a")));

        Assert.Contains("identity", Assert.Throws<InvalidOperationException>(() => settings.ConnectionString("Store", "")).Message, StringComparison.Ordinal);
    }

    private HostSettings Read(string json, params (string Key, string Value)[] overrides)
    {
        File.WriteAllText(_path, json);
        return HostSettings.Read(_path, Configuration(overrides));
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
}
