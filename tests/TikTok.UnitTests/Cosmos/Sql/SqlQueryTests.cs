using System.Text.Json;
using System.Text.Json.Nodes;
using TikTok.Local.Cosmos.Sql;

namespace TikTok.UnitTests.Cosmos.Sql;

/// <summary>The language, clause by clause: a query over the same few documents and the results it must give, in order.</summary>
public sealed class SqlQueryTests
{
    internal const string Documents = """
        [
          {"id":"a","type":"clip","n":3,"tags":["cat","dog"],"owner":{"name":"Ann","age":30},"at":"2026-01-03","items":[{"k":"x","v":1},{"k":"y","v":2}]},
          {"id":"b","type":"clip","n":1,"tags":["dog"],"owner":{"name":"Bob","age":20},"at":"2026-01-01","items":[{"k":"x","v":5}]},
          {"id":"c","type":"song","n":2,"tags":[],"owner":{"name":"Ann","age":30},"at":"2026-01-02","flag":true},
          {"id":"d","type":"song","n":"two","owner":null,"flag":false},
          {"id":"e","type":"note","n":null}
        ]
        """;

    [Theory]
    // Projection
    [InlineData("SELECT c.id FROM c WHERE c.n = 3", """[{"id":"a"}]""")]
    [InlineData("SELECT VALUE c.id FROM c", """["a","b","c","d","e"]""")]
    [InlineData("SELECT VALUE c.flag FROM c", "[true,false]")]
    [InlineData("SELECT c.flag FROM c WHERE c.id IN ('a', 'c')", """[{},{"flag":true}]""")]
    [InlineData("SELECT c.id AS key, c.owner.name owner FROM c WHERE c.id = 'a'", """[{"key":"a","owner":"Ann"}]""")]
    [InlineData("SELECT c[\"id\"], c.tags[0], UPPER(c.type) FROM c WHERE c.id = 'a'", """[{"id":"a","$1":"cat","$2":"CLIP"}]""")]
    [InlineData("SELECT VALUE {\"x\": c.n, 'y': [c.n, c.missing], z: c.missing} FROM c WHERE c.id = 'a'", """[{"x":3,"y":[3]}]""")]
    [InlineData("SELECT * FROM c WHERE c.id = 'e'", """[{"id":"e","type":"note","n":null}]""")]
    [InlineData("SELECT c FROM c WHERE c.id = 'e'", """[{"c":{"id":"e","type":"note","n":null}}]""")]
    [InlineData("SELECT 1 + 1 AS two", """[{"two":2}]""")]
    [InlineData("SELECT VALUE undefined FROM c", "[]")]
    [InlineData("select value c.id from c where c.id = \"b\"", """["b"]""")]
    // FROM and JOIN
    [InlineData("SELECT VALUE r.id FROM Videos AS r WHERE r.n = 1", """["b"]""")]
    [InlineData("SELECT VALUE o.name FROM c.owner o WHERE IS_OBJECT(o)", """["Ann","Bob","Ann"]""")]
    [InlineData("SELECT VALUE name FROM c.owner.name", """["Ann","Bob","Ann"]""")]
    [InlineData("SELECT VALUE t FROM t IN c.tags", """["cat","dog","dog"]""")]
    [InlineData("SELECT c.id, t FROM c JOIN t IN c.tags", """[{"id":"a","t":"cat"},{"id":"a","t":"dog"},{"id":"b","t":"dog"}]""")]
    [InlineData("SELECT c.id, t, i.k FROM c JOIN t IN c.tags JOIN i IN c.items WHERE i.v > 1",
        """[{"id":"a","t":"cat","k":"y"},{"id":"a","t":"dog","k":"y"},{"id":"b","t":"dog","k":"x"}]""")]
    [InlineData("SELECT c.id, s FROM c JOIN (SELECT VALUE i.v FROM i IN c.items WHERE i.v > 1) s", """[{"id":"a","s":2},{"id":"b","s":5}]""")]
    [InlineData("SELECT VALUE x.id FROM (SELECT c.id, c.n FROM c WHERE c.n > 1) x", """["a","c"]""")]
    [InlineData("SELECT VALUE COUNT(1) FROM (SELECT DISTINCT VALUE c.type FROM c) t", "[3]")]
    // Ordering and windows
    [InlineData("SELECT VALUE c.id FROM c ORDER BY c.n", """["e","b","c","a","d"]""")]
    [InlineData("SELECT VALUE c.id FROM c ORDER BY c.n DESC", """["d","a","c","b","e"]""")]
    [InlineData("SELECT VALUE c.id FROM c ORDER BY c.type ASC, c.id DESC", """["b","a","e","d","c"]""")]
    [InlineData("SELECT VALUE c.id FROM c ORDER BY c.flag", """["a","b","e","d","c"]""")]
    [InlineData("SELECT TOP 2 VALUE c.id FROM c ORDER BY c.at DESC", """["a","c"]""")]
    [InlineData("SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2", """["b","c"]""")]
    [InlineData("SELECT VALUE c.id FROM c OFFSET 3 LIMIT 10", """["d","e"]""")]
    [InlineData("SELECT TOP 0 * FROM c", "[]")]
    [InlineData("SELECT VALUE c.flag FROM c ORDER BY c.id DESC OFFSET 0 LIMIT 1", "[false]")]
    // Distinct, aggregates, groups
    [InlineData("SELECT DISTINCT VALUE c.type FROM c", """["clip","song","note"]""")]
    [InlineData("SELECT DISTINCT c.owner FROM c WHERE IS_OBJECT(c.owner)",
        """[{"owner":{"name":"Ann","age":30}},{"owner":{"name":"Bob","age":20}}]""")]
    [InlineData("SELECT DISTINCT VALUE c.type FROM c ORDER BY c.type DESC", """["song","note","clip"]""")]
    [InlineData("SELECT DISTINCT TOP 2 VALUE c.type FROM c ORDER BY c.type", """["clip","note"]""")]
    [InlineData("SELECT VALUE COUNT(1) FROM c", "[5]")]
    [InlineData("SELECT VALUE COUNT(c.flag) FROM c", "[2]")]
    [InlineData("SELECT COUNT(1) AS n, SUM(c.owner.age) AS s, AVG(c.owner.age) AS m, MIN(c.at) AS f, MAX(c.at) AS l FROM c",
        """[{"n":5,"s":80,"m":26.666666666666668,"f":"2026-01-01","l":"2026-01-03"}]""")]
    [InlineData("SELECT VALUE SUM(c.n) FROM c", "[]")]
    [InlineData("SELECT VALUE SUM(c.n) FROM c WHERE false", "[0]")]
    [InlineData("SELECT VALUE AVG(c.n) FROM c WHERE false", "[]")]
    [InlineData("SELECT VALUE MAX(c.n) FROM c", """["two"]""")]
    [InlineData("SELECT VALUE MIN(c.tags) FROM c", "[]")]
    [InlineData("SELECT AVG(c.n) FROM c WHERE false", "[{}]")]
    [InlineData("SELECT VALUE COUNTIF(c.type = 'clip') FROM c", "[2]")]
    [InlineData("SELECT VALUE MAKESET(c.type) FROM c", """[["clip","song","note"]]""")]
    [InlineData("SELECT VALUE {\"sum\": SUM(c.n), \"twice\": SUM(c.n) * 2} FROM c WHERE IS_NUMBER(c.n)", """[{"sum":6,"twice":12}]""")]
    [InlineData("SELECT c.type, COUNT(1) AS n FROM c GROUP BY c.type", """[{"type":"clip","n":2},{"type":"song","n":2},{"type":"note","n":1}]""")]
    [InlineData("SELECT VALUE COUNT(1) FROM c GROUP BY c.owner.name", "[2,1,2]")]
    [InlineData("SELECT UPPER(c.type) AS t, MAX(c.n) AS m FROM c WHERE c.type != 'note' GROUP BY UPPER(c.type)",
        """[{"t":"CLIP","m":3},{"t":"SONG","m":"two"}]""")]
    [InlineData("SELECT c.type, c.owner.name FROM c WHERE c.type = 'clip' GROUP BY c.type, c.owner.name",
        """[{"type":"clip","name":"Ann"},{"type":"clip","name":"Bob"}]""")]
    [InlineData("SELECT VALUE c.type FROM c GROUP BY c.type OFFSET 1 LIMIT 1", """["song"]""")]
    [InlineData("SELECT VALUE LOWER(c.type) FROM c GROUP BY c.type", """["clip","song","note"]""")]
    // Subqueries
    [InlineData("SELECT VALUE c.id FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t = 'cat')", """["a"]""")]
    [InlineData("SELECT VALUE c.id FROM c WHERE NOT EXISTS(SELECT VALUE t FROM t IN c.tags)", """["c","d","e"]""")]
    [InlineData("SELECT c.id, ARRAY(SELECT VALUE i.v FROM i IN c.items) AS vs FROM c WHERE c.type = 'clip'",
        """[{"id":"a","vs":[1,2]},{"id":"b","vs":[5]}]""")]
    [InlineData("SELECT c.id, (SELECT VALUE SUM(i.v) FROM i IN c.items) AS total FROM c WHERE c.type = 'clip'",
        """[{"id":"a","total":3},{"id":"b","total":5}]""")]
    [InlineData("SELECT VALUE (SELECT VALUE c.owner.name) FROM c WHERE c.id = 'a'", """["Ann"]""")]
    [InlineData("SELECT VALUE FIRST(SELECT VALUE t FROM t IN c.tags) FROM c WHERE c.id = 'a'", """["cat"]""")]
    [InlineData("SELECT VALUE LAST(SELECT VALUE t FROM t IN c.tags) FROM c WHERE c.id = 'a'", """["dog"]""")]
    [InlineData("SELECT VALUE c.id FROM c WHERE c.type = 'clip' AND ALL(SELECT VALUE i.v > 2 FROM i IN c.items)", """["b"]""")]
    [InlineData("SELECT VALUE COUNT(1) FROM c JOIN t IN c.tags WHERE t = 'dog'", "[2]")]
    public void Execute_gives_the_documented_results(string query, string expected) => AssertResults(query, expected);

    [Fact]
    public void Execute_reads_parameters_with_their_names_as_the_request_gives_them()
    {
        var parameters = Parameters("""{"@type":"clip","@least":2,"@tags":["cat"],"@top":1}""");
        var query = "SELECT TOP @top VALUE c.id FROM c WHERE c.type = @type AND c.n >= @least AND ARRAY_CONTAINS(c.tags, @tags[0])";
        AssertJson("""["a"]""", SqlQuery.Parse(query, parameters).Execute(Elements(Documents)));
    }

    [Fact]
    public void Execute_of_a_filter_reads_only_as_many_documents_as_its_results_need()
    {
        var read = 0;
        IEnumerable<JsonElement> Documents()
        {
            foreach (var document in Elements(SqlQueryTests.Documents))
            {
                read++;
                yield return document;
            }
        }

        var query = SqlQuery.Parse("SELECT VALUE c.id FROM c WHERE c.type = 'clip'", Parameters("{}"));
        Assert.True(query.IsStreaming);
        Assert.Equal("a", query.Execute(Documents()).First().GetString());
        Assert.Equal(1, read);
        read = 0;
        Assert.Single(SqlQuery.Parse("SELECT TOP 1 * FROM c", Parameters("{}")).Execute(Documents()));
        Assert.Equal(1, read);
    }

    [Theory]
    [InlineData("SELECT * FROM c ORDER BY c.n")]
    [InlineData("SELECT DISTINCT c.n FROM c")]
    [InlineData("SELECT VALUE COUNT(1) FROM c")]
    [InlineData("SELECT c.n FROM c GROUP BY c.n")]
    public void IsStreaming_is_false_where_all_documents_are_read_first(string query) =>
        Assert.False(SqlQuery.Parse(query, Parameters("{}")).IsStreaming);

    [Theory]
    [InlineData("SELECT * FROM c WHERE c.n > 1", true)]
    [InlineData("SELECT t FROM c JOIN t IN c.tags", true)]
    [InlineData("SELECT VALUE x FROM (SELECT c.id FROM c) x", true)]
    [InlineData("SELECT (SELECT VALUE COUNT(1) FROM t IN c.tags) AS n FROM c", true)]
    [InlineData("SELECT VALUE x FROM (SELECT DISTINCT c.n FROM c) x", false)]
    [InlineData("SELECT TOP 1 * FROM c", false)]
    [InlineData("SELECT * FROM c OFFSET 0 LIMIT 5", false)]
    [InlineData("SELECT * FROM c ORDER BY c.n", false)]
    [InlineData("SELECT 1 AS one", false)]
    public void IsPerDocument_is_whether_documents_may_be_asked_one_by_one(string query, bool expected) =>
        Assert.Equal(expected, SqlQuery.Parse(query, Parameters("{}")).IsPerDocument);

    [Fact]
    public void Execute_hands_whole_documents_out_as_they_are()
    {
        var document = Elements("""[{"id":"x","big":9007199254740993,"exact":1.10,"text":"\u00e9"}]""")[0];
        var result = SqlQuery.Parse("SELECT * FROM c WHERE c.id = 'x'", Parameters("{}")).Execute([document]).Single();
        Assert.Equal(document.GetRawText(), result.GetRawText());
        var part = SqlQuery.Parse("SELECT VALUE {\"b\": c.big} FROM c", Parameters("{}")).Execute([document]).Single();
        Assert.Equal("""{"b":9007199254740993}""", part.GetRawText());
    }

    [Fact]
    public void Order_by_breaks_ties_by_resource_id_in_the_direction_of_the_first_key()
    {
        // The little-endian number in bytes 8 to 15 is what counts: 2, 1 and 3 here.
        var documents = Elements("""
            [
              {"id":"second","n":1,"_rid":"AAAAAAAAAAACAAAAAAAAAA=="},
              {"id":"first","n":1,"_rid":"AAAAAAAAAAABAAAAAAAAAA=="},
              {"id":"third","n":1,"_rid":"AAAAAAAAAAADAAAAAAAAAA=="}
            ]
            """);
        AssertJson("""["first","second","third"]""", SqlQuery.Parse("SELECT VALUE c.id FROM c ORDER BY c.n", Parameters("{}")).Execute(documents));
        AssertJson("""["third","second"]""", SqlQuery.Parse("SELECT TOP 2 VALUE c.id FROM c ORDER BY c.n DESC", Parameters("{}")).Execute(documents));
    }

    [Theory]
    [InlineData("c.n", """{"value":[2],"exclude":false}""", "[2,2,3]")]
    [InlineData("c.n", """{"value":[2],"exclude":true}""", "[3]")]
    [InlineData("c.n DESC", """{"value":[2],"exclude":true}""", "[1,null]")]
    [InlineData("c.n", """{"value":[[]],"exclude":true}""", "[null,1,2,2,3]")]
    [InlineData("c.n", """{"value":[null],"exclude":false}""", "[null,1,2,2,3]")]
    [InlineData("c.n", """{"value":[2],"rid":"AAAAAAAAAAAFAAAAAAAAAA==","exclude":false}""", "[2,3]")]
    [InlineData("c.n ASC, c.m ASC", """{"value":[2,7],"exclude":true}""", "[2,3]")]
    public void A_resume_filter_leaves_out_what_was_given_out_already(string order, string filter, string expected)
    {
        var documents = Elements("""
            [
              {"n":3,"_rid":"AAAAAAAAAAABAAAAAAAAAA=="},{"n":2,"m":7,"_rid":"AAAAAAAAAAAEAAAAAAAAAA=="},{"n":2,"m":8,"_rid":"AAAAAAAAAAAFAAAAAAAAAA=="},
              {"n":1,"_rid":"AAAAAAAAAAADAAAAAAAAAA=="},{"n":null,"_rid":"AAAAAAAAAAACAAAAAAAAAA=="}
            ]
            """);
        var query = SqlQuery.Parse($"SELECT VALUE c.n FROM c ORDER BY {order}", Parameters("{}"), Elements($"[{filter}]")[0], null);
        AssertJson(expected, query.Execute(documents));
    }

    [Theory]
    [InlineData("from c where c.status = 'ready'", true)]
    [InlineData("FROM c WHERE c.count > 4 AND NOT IS_DEFINED(c.deleted)", false)]
    [InlineData("from c where c.missing", false)]
    [InlineData("from c where c.owner.id = @owner", true)]
    public void Matches_evaluates_the_condition_of_a_patch(string clause, bool expected)
    {
        var document = Elements("""[{"status":"ready","count":4,"owner":{"id":"o1"}}]""")[0];
        Assert.Equal(expected, SqlPredicate.Matches(clause, Parameters("""{"@owner":"o1"}"""), document));
    }

    [Theory]
    [InlineData("SELECT * FROM c WHERE c.userId = 'u1'", "/userId", """["u1"]""")]
    [InlineData("SELECT * FROM c WHERE c.a > 1 AND ('u1' = c[\"userId\"] AND true)", "/userId", """["u1"]""")]
    [InlineData("SELECT * FROM c WHERE c.userId = @u", "/userId", "[7]")]
    [InlineData("SELECT * FROM c WHERE c.a = 1 AND c.b.c = null", "/b/c,/a", "[null,1]")]
    [InlineData("SELECT * FROM c WHERE c.a = 1", "/a,/b", null)]
    [InlineData("SELECT * FROM c WHERE c.userId = 'u1' OR true", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE c.userId = c.other", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE x.userId = 'u1'", "/userId", "throws")]
    [InlineData("SELECT * FROM c", "/userId", null)]
    [InlineData("SELECT VALUE i FROM c JOIN i IN c.items WHERE i.userId = 'u1'", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE (c.id = 'a' AND c[\"userId\"] = 'u1') OR (c.id = 'b' AND c.userId = @u)", "/userId", "[\"u1\",\"#a\",7,\"#b\"]")]
    [InlineData("SELECT * FROM c WHERE c.a > 1 AND (c.userId = 'u1' OR c.userId = 'u2')", "/userId", "[\"u1\",\"u2\"]")]
    [InlineData("SELECT * FROM c WHERE c.id IN ('a', @u) AND c.b = 2", "/id", "[\"a\",\"#a\",7]")]
    [InlineData("SELECT * FROM c WHERE c.userId IN ('u1', 'u2') AND c.id IN ('a', 'b')", "/userId", "[\"u1\",\"u2\"]")]
    [InlineData("SELECT * FROM c WHERE c.userId IN ('u1', c.other)", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE c.userId NOT IN ('u1')", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE NOT (c.userId = 'u1')", "/userId", null)]
    [InlineData("SELECT * FROM c WHERE c.userId = 'u1' OR c.id = 'a'", "/userId", null)]
    public void TryGetKeys_finds_what_where_pins(string query, string paths, string? expected)
    {
        if (expected == "throws")
        {
            Assert.Throws<SqlException>(() => SqlQuery.Parse(query, Parameters("{}")));
            return;
        }

        var found = SqlQuery.Parse(query, Parameters("""{"@u":7}""")).TryGetKeys(paths.Split(','), out var keys);
        Assert.Equal(expected is not null, found);
        AssertJson(expected ?? "[]", keys.SelectMany(key => key.Id is null ? key.PartitionKey : [.. key.PartitionKey, JsonSerializer.SerializeToElement("#" + key.Id)]));
    }

    internal static void AssertResults(string query, string expected) =>
        AssertJson(expected, SqlQuery.Parse(query, Parameters("{}")).Execute(Elements(Documents)));

    internal static void AssertJson(string expected, IEnumerable<JsonElement> results)
    {
        var actual = "[" + string.Join(",", results.Select(result => result.GetRawText())) + "]";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}\nbut was  {actual}");
    }

    internal static List<JsonElement> Elements(string array) => [.. JsonSerializer.Deserialize<JsonElement>(array).EnumerateArray()];

    internal static Dictionary<string, JsonElement> Parameters(string values) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(values)!;
}
