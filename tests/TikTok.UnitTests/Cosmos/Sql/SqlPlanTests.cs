using System.Text.Json;
using TikTok.Local.Cosmos.Sql;

namespace TikTok.UnitTests.Cosmos.Sql;

/// <summary>Query plans against those that the public SDK's baselines record for the service.</summary>
public sealed class SqlPlanTests
{
    private const string Filter = "({documentdb-formattableorderbyquery-filter})";

    [Theory]
    [InlineData("SELECT * FROM c", "")]
    [InlineData("SELECT * FROM c WHERE c.blah = 5", "")]
    [InlineData("SELECT TOP 5 * FROM c WHERE c.key = 5", "")]
    [InlineData("SELECT DISTINCT c.blah FROM c", "")]
    [InlineData("SELECT ( SELECT * FROM c) FROM c", "")]
    [InlineData("SELECT c.name, s FROM c JOIN (SELECT VALUE score FROM score IN c.scores GROUP BY score) s", "")]
    [InlineData("SELECT * FROM Root r ORDER BY r.blah",
        "SELECT r._rid, [{\"item\": r.blah}] AS orderByItems, r AS payload FROM Root AS r WHERE " + Filter + " ORDER BY r.blah")]
    [InlineData("SELECT * FROM Root r WHERE r.key IN (1, 2) ORDER BY r.key DESC",
        "SELECT r._rid, [{\"item\": r.key}] AS orderByItems, r AS payload FROM Root AS r WHERE ((r.key IN (1, 2)) AND " + Filter + ") ORDER BY r.key DESC")]
    [InlineData("SELECT TOP 70 r[\"a\"] FROM Root r ORDER BY r.key ASC",
        "SELECT TOP 70 r._rid, [{\"item\": r.key}] AS orderByItems, {\"a\": r[\"a\"]} AS payload FROM Root AS r WHERE " + Filter + " ORDER BY r.key ASC")]
    [InlineData("SELECT TOP 50 r[0] FROM r ORDER BY r.key",
        "SELECT TOP 50 r._rid, [{\"item\": r.key}] AS orderByItems, {\"$1\": r[0]} AS payload FROM r WHERE " + Filter + " ORDER BY r.key")]
    [InlineData("SELECT VALUE r.a FROM r WHERE r.d = true ORDER BY r.b",
        "SELECT r._rid, [{\"item\": r.b}] AS orderByItems, r.a AS payload FROM r WHERE (((r.d = true) AND " + Filter + ") AND IS_DEFINED(r.a)) ORDER BY r.b")]
    [InlineData("SELECT c.a FROM c WHERE c.p = 'x' ORDER BY c.f , c.g DESC",
        "SELECT c._rid, [{\"item\": c.f}, {\"item\": c.g}] AS orderByItems, {\"a\": c.a} AS payload FROM c WHERE ((c.p = \"x\") AND " + Filter + ") ORDER BY c.f, c.g DESC")]
    [InlineData("SELECT * FROM c ORDER BY c.x OFFSET 1 LIMIT 2",
        "SELECT c._rid, [{\"item\": c.x}] AS orderByItems, c AS payload FROM c WHERE " + Filter + " ORDER BY c.x OFFSET 0 LIMIT 3")]
    [InlineData("SELECT DISTINCT VALUE c.blah FROM c ORDER BY c.blah",
        "SELECT c._rid, [{\"item\": c.blah}] AS orderByItems, c.blah AS payload FROM c WHERE (" + Filter + " AND IS_DEFINED(c.blah)) ORDER BY c.blah")]
    [InlineData("SELECT VALUE AVG(c.blah) FROM c", "SELECT VALUE [{\"item\": {\"sum\": SUM(c.blah), \"count\": COUNT(c.blah)}}] FROM c")]
    [InlineData("SELECT VALUE MIN(c.blah + 1) FROM c WHERE c.key > 1",
        "SELECT VALUE [{\"item\": MIN((c.blah + 1)), \"item2\": {\"min\": MIN((c.blah + 1)), \"count\": COUNT((c.blah + 1))}}] FROM c WHERE (c.key > 1)")]
    [InlineData("SELECT VALUE COUNT(1) FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2", "SELECT VALUE [{\"item\": COUNT(1)}] FROM c WHERE (c.key = 5)")]
    [InlineData("SELECT VALUE AVG(c.age + 1) FROM Root r JOIN c in r.children WHERE c.age > 1 ORDER BY r.name",
        "SELECT VALUE [{\"item\": {\"sum\": SUM((c.age + 1)), \"count\": COUNT((c.age + 1))}}] FROM Root AS r JOIN c IN r.children WHERE (c.age > 1) ORDER BY r.name")]
    [InlineData("SELECT SUM(c.blah) as sum_blah, COUNT(r) FROM c JOIN r IN c.rs",
        "SELECT {\"sum_blah\": {\"item\": SUM(c.blah)}, \"$1\": {\"item\": COUNT(r)}} AS payload FROM c JOIN r IN c.rs")]
    [InlineData("SELECT TOP 5 VALUE c.name FROM c GROUP BY c.name", "SELECT [{\"item\": c.name}] AS groupByItems, c.name AS payload FROM c GROUP BY c.name")]
    [InlineData("SELECT c.team, COUNT(1) AS count, MAX(c.age) FROM c GROUP BY c.team",
        "SELECT [{\"item\": c.team}] AS groupByItems, {\"team\": c.team, \"count\": {\"item\": COUNT(1)}, \"$1\": {\"item\": MAX(c.age), \"item2\": {\"max\": MAX(c.age), \"count\": COUNT(c.age)}}} AS payload FROM c GROUP BY c.team")]
    [InlineData("SELECT VALUE AVG(c.age) FROM c GROUP BY c.name",
        "SELECT [{\"item\": c.name}] AS groupByItems, [{\"item\": {\"sum\": SUM(c.age), \"count\": COUNT(c.age)}}] AS payload FROM c GROUP BY c.name")]
    [InlineData("SELECT * FROM c OFFSET 1 LIMIT 2", "SELECT * FROM c OFFSET 0 LIMIT 3")]
    [InlineData("SELECT DISTINCT * FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2", "SELECT DISTINCT * FROM c WHERE (c.key = 5)")]
    [InlineData("SELECT DISTINCT TOP 5 VALUE c.name FROM c", "SELECT DISTINCT VALUE c.name FROM c")]
    [InlineData("SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.team FROM c) AS t", "SELECT DISTINCT VALUE c.team FROM c")]
    [InlineData("SELECT * FROM c WHERE NOT IS_DEFINED(c.x) AND c.n = -1 AND c[\"order\"] LIKE '%a' ORDER BY c.y",
        "SELECT c._rid, [{\"item\": c.y}] AS orderByItems, c AS payload FROM c WHERE ((((NOT IS_DEFINED(c.x)) AND (c.n = -1)) AND (c[\"order\"] LIKE \"%a\")) AND " + Filter + ") ORDER BY c.y")]
    public void Plan_rewrites_as_the_service_does(string query, string rewritten)
    {
        Assert.Equal(rewritten, Info(query).GetProperty("rewrittenQuery").GetString()!.Replace('\n', ' '));
    }

    [Fact]
    public void Plan_of_order_by_names_directions_expressions_and_window()
    {
        var info = Info("SELECT DISTINCT c.a, c.b FROM c ORDER BY c.a, c.b DESC OFFSET @o LIMIT @l", """{"@o":42,"@l":1337}""");
        Assert.Equal("Ordered", info.GetProperty("distinctType").GetString());
        Assert.Equal("""["Ascending","Descending"]""", info.GetProperty("orderBy").GetRawText());
        Assert.Equal("""["c.a","c.b"]""", info.GetProperty("orderByExpressions").GetRawText());
        Assert.Equal((42, 1337), (info.GetProperty("offset").GetInt32(), info.GetProperty("limit").GetInt32()));
        Assert.False(info.GetProperty("hasSelectValue").GetBoolean());
        Assert.False(info.GetProperty("hasNonStreamingOrderBy").GetBoolean());
    }

    [Fact]
    public void Plan_of_grouping_names_columns_and_their_aggregates()
    {
        var info = Info("SELECT TOP 3 c.team, c.name, COUNT(1) AS count, AVG(c.age), MIN(c.age) AS low FROM c GROUP BY c.team, c.name");
        Assert.Equal("""["c.team","c.name"]""", info.GetProperty("groupByExpressions").GetRawText());
        Assert.Equal("""["team","name","count","$1","low"]""", info.GetProperty("groupByAliases").GetRawText());
        Assert.Equal(
            """{"team":null,"name":null,"count":"Count","$1":"Average","low":"Min"}""", info.GetProperty("groupByAliasToAggregateType").GetRawText());
        Assert.Equal("[]", info.GetProperty("aggregates").GetRawText());
        Assert.Equal(3, info.GetProperty("top").GetInt32());
    }

    [Theory]
    [InlineData("SELECT VALUE AVG(c.x) FROM c", """["Average"]""")]
    [InlineData("SELECT VALUE COUNT(1) FROM c GROUP BY c.x", """["Count"]""")]
    [InlineData("SELECT COUNT(1) FROM c", "[]")]
    public void Plan_of_a_value_aggregate_names_it(string query, string aggregates) =>
        Assert.Equal(aggregates, Info(query).GetProperty("aggregates").GetRawText());

    [Fact]
    public void Plan_of_a_distinct_count_leaves_the_counting_to_the_client()
    {
        Assert.Equal("", Info("SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.a FROM c) t").GetProperty("dCountInfo").GetProperty("dCountAlias").GetString());
        Assert.Equal("n", Info("SELECT COUNT(1) AS n FROM (SELECT DISTINCT VALUE c.a FROM c) t").GetProperty("dCountInfo").GetProperty("dCountAlias").GetString());
    }

    [Fact]
    public void Plan_covers_all_partitions_and_one_point_without_from()
    {
        var plan = Plan("SELECT * FROM c", "{}");
        Assert.Equal(2, plan.GetProperty("partitionedQueryExecutionInfoVersion").GetInt32());
        Assert.Equal("""[{"min":"","max":"FF","isMinInclusive":true,"isMaxInclusive":false}]""", plan.GetProperty("queryRanges").GetRawText());
        Assert.Equal("""[{"min":"","max":"","isMinInclusive":true,"isMaxInclusive":true}]""", Plan("SELECT 5", "{}").GetProperty("queryRanges").GetRawText());
    }

    [Theory]
    [InlineData("SELECT VALUE {'sum': SUM(r.x)} FROM r")]
    [InlineData("SELECT VALUE FLOOR(AVG(r.x)) FROM r")]
    [InlineData("SELECT c.name, ABS(AVG(c.age)) AS a FROM c GROUP BY c.name")]
    public void Plan_refuses_compositions_of_aggregates(string query) =>
        Assert.Equal("Compositions of aggregates and other expressions are not allowed.", Assert.Throws<SqlException>(() => Info(query)).Error);

    [Theory]
    [InlineData("true", """["e","b","c","a","d"]""")]
    [InlineData("( c.n > 1 OR IS_STRING(c.n) OR IS_ARRAY(c.n) OR IS_OBJECT(c.n) )", """["c","a","d"]""")]
    [InlineData("( c.n <= 2 OR NOT IS_DEFINED(c.n) OR IS_NULL(c.n) OR IS_BOOLEAN(c.n) )", """["e","b","c"]""")]
    public void A_rewritten_order_by_runs_with_the_filters_that_the_client_puts_in(string filter, string expected)
    {
        var rewritten = Info("SELECT VALUE c.id FROM c ORDER BY c.n").GetProperty("rewrittenQuery").GetString()!
            .Replace("{documentdb-formattableorderbyquery-filter}", filter, StringComparison.Ordinal);
        var rows = SqlQuery.Parse(rewritten, SqlQueryTests.Parameters("{}")).Execute(SqlQueryTests.Elements(SqlQueryTests.Documents)).ToList();
        SqlQueryTests.AssertJson(expected, rows.ConvertAll(row => row.GetProperty("payload")));
        Assert.All(rows, row => Assert.True(row.GetProperty("orderByItems")[0].TryGetProperty("item", out _)));
    }

    [Fact]
    public void Rewritten_aggregates_and_groups_run()
    {
        SqlQueryTests.AssertResults(Info("SELECT VALUE AVG(c.owner.age) FROM c").GetProperty("rewrittenQuery").GetString()!,
            """[[{"item":{"sum":80,"count":3}}]]""");
        SqlQueryTests.AssertResults(Info("SELECT VALUE MIN(c.at) FROM c WHERE false").GetProperty("rewrittenQuery").GetString()!,
            """[[{"item2":{"count":0}}]]""");
        SqlQueryTests.AssertResults(Info("SELECT c.type, COUNT(1) AS n FROM c WHERE c.type = 'clip' GROUP BY c.type").GetProperty("rewrittenQuery").GetString()!,
            """[{"groupByItems":[{"item":"clip"}],"payload":{"type":"clip","n":{"item":2}}}]""");
    }

    private static JsonElement Info(string query, string parameters = "{}") => Plan(query, parameters).GetProperty("queryInfo");

    private static JsonElement Plan(string query, string parameters) => SqlQuery.Parse(query, SqlQueryTests.Parameters(parameters)).Plan([["/pk"]]);
}
