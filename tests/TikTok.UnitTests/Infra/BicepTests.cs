using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using TikTok.Core;
using TikTok.Core.Cosmos;
using TikTok.Core.Storage;

namespace TikTok.UnitTests.Infra;

/// <summary>What the code needs and what Bicep makes are the same things.</summary>
public sealed partial class BicepTests
{
    [Fact]
    public void Cosmos_containers_have_the_schemas_keys_and_times_to_live()
    {
        var made = Bicep.Lines(Bicep.Module("cosmos"), "containers").Select(line => new CosmosSchema.ContainerSchema(
            Bicep.Property(line, "name")!, Bicep.Property(line, "partitionKey")!,
            Bicep.Property(line, "ttl") is { } ttl ? int.Parse(ttl, CultureInfo.InvariantCulture) : null));

        Assert.Equal(CosmosSchema.All.OrderBy(c => c.Name, StringComparer.Ordinal), made.OrderBy(c => c.Name, StringComparer.Ordinal));
        Assert.Contains($"var databaseName = '{Containers.Database}'", Bicep.Module("cosmos"), StringComparison.Ordinal);
    }

    [Fact]
    public void Blob_containers_are_those_of_the_schema_and_as_public()
    {
        var made = Bicep.Lines(Bicep.Module("storage"), "blobContainers")
            .Select(line => (Name: Bicep.Property(line, "name")!, Public: Bicep.Property(line, "public") == "true"));

        Assert.Equal(BlobContainers.All.Select(name => (Name: name, Public: StorageSchema.IsPublic(name))).Order(), made.Order());
    }

    [Theory]
    [InlineData(BlobContainers.Exports)]
    [InlineData(BlobContainers.Models)]
    public void What_may_tell_of_people_who_are_gone_goes_within_a_week(string container) => Assert.Matches(
        $@"prefixMatch: \['{container}/'\] \}}\s+actions: \{{ baseBlob: \{{ delete: \{{ daysAfterModificationGreaterThan: 7 \}}", Bicep.Module("storage"));

    [Fact]
    public void Queues_are_those_of_the_schema_and_each_has_a_poison_queue()
    {
        var bicep = Bicep.Module("storage");

        Assert.Equal(Queues.All.Order(StringComparer.Ordinal), Bicep.Lines(bicep, "queues").Select(Bicep.Text).Order(StringComparer.Ordinal));
        Assert.Equal("'${queue}-poison'", $"'{StorageSchema.Poison("${queue}")}'");
        Assert.Contains("name: '${queue}-poison'", bicep, StringComparison.Ordinal);
    }

    [Fact]
    public void Hubs_and_consumer_groups_are_those_of_the_code()
    {
        var bicep = Bicep.Module("eventhubs");

        Assert.Equal(Constants(typeof(Hubs)), Bicep.Lines(bicep, "hubs").Select(line => Bicep.Property(line, "name")!).Order(StringComparer.Ordinal));
        Assert.Equal(
            Constants(typeof(Hubs.ConsumerGroups)).Select(group => (Hubs.Interactions, group)),
            Bicep.Lines(bicep, "consumerGroups").Select(line => (Bicep.Property(line, "hub")!, Bicep.Property(line, "name")!)).Order());
    }

    [Fact]
    public void Every_setting_that_the_functions_read_is_set()
    {
        var set = Bicep.Lines(Bicep.Module("functions"), "settings").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);

        var read = SettingsReadBy("functions", "core");

        Assert.NotEmpty(read);
        Assert.All(read, name => Assert.Contains(name, set));
    }

    [Theory]
    [InlineData("transcoder-container", "job.queue")]
    [InlineData("ranker-container", "rankerUrl")]
    public void Every_setting_that_a_container_reads_is_set(string room, string mark)
    {
        var bicep = Bicep.Module("containers");

        Assert.Contains(mark, bicep, StringComparison.Ordinal);
        Assert.All(SettingsReadBy(room), name => Assert.Contains($"name: '{name}'", bicep, StringComparison.Ordinal));
    }

    [Fact]
    public void There_is_always_a_ranker_and_never_more_than_one_trainer()
    {
        var bicep = Bicep.Module("containers");

        Assert.Contains("scale: { minReplicas: 1, maxReplicas: rankerMaxReplicas", Bicep.Resource(bicep, "ranker"), StringComparison.Ordinal);

        // Event Hubs: five readers of a partition in a consumer group, and a deployment has one of its own.
        Assert.Contains("@maxValue(4)\nparam rankerMaxReplicas int = 4", File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "infra", "main.bicep")), StringComparison.Ordinal);
        Assert.Contains("scale: { minReplicas: 1, maxReplicas: 1 }", Bicep.Resource(bicep, "trainer"), StringComparison.Ordinal);
        Assert.Contains("args: ['train']", Bicep.Resource(bicep, "trainer"), StringComparison.Ordinal);
        Assert.DoesNotContain("ingress", Bicep.Resource(bicep, "trainer"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_ranker_speaks_HTTP2_to_the_ingress_and_another_port_is_probed()
    {
        var ranker = Bicep.Resource(Bicep.Module("containers"), "ranker");

        Assert.Contains("targetPort: 8080, transport: 'http2'", ranker, StringComparison.Ordinal);
        Assert.Contains("{ name: 'ASPNETCORE_HTTP_PORTS', value: '8080;8081' }", ranker, StringComparison.Ordinal);
        Assert.Contains("{ name: 'Probes__Port', value: '8081' }", ranker, StringComparison.Ordinal);
        Assert.Contains("type: 'Liveness', httpGet: { path: '/health', port: 8081 }", ranker, StringComparison.Ordinal);
        Assert.Contains("type: 'Readiness', httpGet: { path: '/ready', port: 8081 }", ranker, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_trainer_may_write_models_and_neither_role_of_the_ranker_sees_other_blobs()
    {
        var rbac = Bicep.Module("rbac");
        var models = Bicep.Lines(rbac, "modelRights");

        Assert.Equal(
            [("rankerPrincipalId", "roles.blobDataReader"), ("trainerPrincipalId", "roles.blobDataContributor")],
            models.Select(line => (Bicep.Property(line, "principal")!, Role(line))).Order());
        Assert.All(Bicep.Lines(rbac, "storageRights"), line => Assert.DoesNotMatch("ranker|trainer", line));
        foreach (var principal in (string[])["rankerPrincipalId", "trainerPrincipalId"])
        {
            Assert.Contains($"{{ principal: {principal}, role: roles.eventHubsReceiver }}", Bicep.Lines(rbac, "eventHubsRights"));
            Assert.Contains($"{{ principal: {principal}, role: cosmosReader }}", Bicep.Lines(rbac, "cosmosRights"));
        }

        static string Role(string line) => line[line.IndexOf("roles.", StringComparison.Ordinal)..].TrimEnd(' ', '}');
    }

    [Fact]
    public void Each_queue_that_a_job_works_off_scales_that_job() =>
        Assert.Equal(
            new[] { Queues.Probe, Queues.TranscodeJobs },
            Bicep.Lines(Bicep.Module("containers"), "jobs").Select(line => Bicep.Property(line, "queue")));

    [Fact]
    public void Event_Grid_calls_a_function_that_there_is()
    {
        var name = Regex.Match(Bicep.Module("events"), "var triggerFunction = '(?<name>[^']+)'", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["name"].Value;

        var functions = typeof(TikTok.Functions.Videos.VideosFeature).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(Microsoft.Azure.Functions.Worker.BlobTriggerAttribute))))
            .Select(method => method.GetCustomAttribute<Microsoft.Azure.Functions.Worker.FunctionAttribute>()!.Name);
        Assert.Equal([name], functions);
    }

    [Fact]
    public void No_part_is_reached_by_a_shared_key()
    {
        Assert.Equal(2, Occurrences("storage", "allowSharedKeyAccess: false"));
        Assert.Equal(0, Occurrences("storage", "allowSharedKeyAccess: true"));
        Assert.Equal(1, Occurrences("cosmos", "disableLocalAuth: true"));
        Assert.Equal(1, Occurrences("eventhubs", "disableLocalAuth: true"));
        Assert.All(Bicep.AllFiles, file => Assert.DoesNotMatch(@"\.listKeys\(\)|AccountKey=|SharedAccessKey=", File.ReadAllText(file)));
    }

    [Fact]
    public void Every_module_is_used_with_exactly_the_parameters_it_declares()
    {
        var main = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "infra", "main.bicep"));
        foreach (Match use in ModuleUse().Matches(main))
        {
            var module = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "infra", use.Groups["path"].Value));
            var declared = Declared().Matches(module).Select(m => m.Groups["name"].Value).Order(StringComparer.Ordinal);
            var given = Given().Matches(use.Groups["params"].Value).Select(m => m.Groups["name"].Value).Order(StringComparer.Ordinal);
            Assert.Equal((use.Groups["path"].Value, string.Join(' ', declared)), (use.Groups["path"].Value, string.Join(' ', given)));
        }
        Assert.Equal(Directory.GetFiles(Path.Combine(Bicep.RepositoryRoot, "infra", "modules")).Length, ModuleUse().Count(main));
    }

    [Fact]
    public void Every_output_of_a_module_that_is_read_exists()
    {
        var main = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "infra", "main.bicep"));
        var paths = ModuleUse().Matches(main).ToDictionary(m => m.Groups["symbol"].Value, m => m.Groups["path"].Value, StringComparer.Ordinal);
        foreach (Match read in OutputRead().Matches(main))
        {
            var module = File.ReadAllText(Path.Combine(Bicep.RepositoryRoot, "infra", paths[read.Groups["symbol"].Value]));
            Assert.Contains($"output {read.Groups["name"].Value} ", module, StringComparison.Ordinal);
        }
    }

    private static int Occurrences(string module, string text) => Bicep.Module(module).Split(text).Length - 1;

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal);

    /// <summary>The settings that code in these rooms reads by name, as app settings are written.</summary>
    private static IReadOnlyCollection<string> SettingsReadBy(params string[] rooms) =>
    [
        .. rooms.SelectMany(room => Directory.EnumerateFiles(Path.Combine(Bicep.RepositoryRoot, room), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(file => SettingRead().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value.Replace(":", "__", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal),
    ];

    [GeneratedRegex("""(?:configuration\[|settings\[|Read\(configuration, |GetValue<\w+>\()\$?"(?<name>[A-Za-z][\w:]*)"(?:\]|,|\))""", RegexOptions.None, 1000)]
    private static partial Regex SettingRead();

    [GeneratedRegex(@"^module (?<symbol>\w+) '(?<path>[^']+)' = \{\s+name: '[^']+'\s+params: \{(?<params>(?:[^{}]|\$\{[^}]*\})*)\}", RegexOptions.Multiline, 1000)]
    private static partial Regex ModuleUse();

    [GeneratedRegex(@"^param (?<name>\w+) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Declared();

    [GeneratedRegex(@"(?:^|[{,\n])\s*(?<name>\w+):", RegexOptions.None, 1000)]
    private static partial Regex Given();

    [GeneratedRegex(@"\b(?<symbol>\w+)\.outputs\.(?<name>\w+)", RegexOptions.None, 1000)]
    private static partial Regex OutputRead();
}
