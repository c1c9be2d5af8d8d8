using System.Text.Json;
using TikTok.Local.Cosmos.Sql;

namespace TikTok.UnitTests.Cosmos.Sql;

public sealed class SqlErrorTests
{
    [Theory]
    [InlineData("SELECT BADFUNC(r.age) FROM Root r", "SC2005", 7, 14, "'BADFUNC' is not a recognized built-in function name.")]
    [InlineData("SELECT * FROM Root r WHERE STARTSWITH(r.key, 'a', 'b', 'c')", "SC2050", 27, 59, "The STARTSWITH function requires 2 to 3 argument(s).")]
    [InlineData("SELECT ABS() FROM c", "SC2050", 7, 12, "The ABS function requires 1 argument(s).")]
    [InlineData("SELECT c.name FROM c OFFSET -1 LIMIT 10", "SC1001", 28, 29, "Syntax error, incorrect syntax near '-'.")]
    [InlineData("SELECT TOP -1 c.name FROM c", "SC1001", 11, 12, "Syntax error, incorrect syntax near '-'.")]
    [InlineData("SELECT TOP 4294967296 c.name FROM c", "SC2060", 11, 21, "The count value provided for a TOP clause must be an integer.")]
    [InlineData("SELECT c.name FROM c OFFSET 4294967296 LIMIT 10", "SC2062", 28, 38, "The OFFSET count value exceeds the maximum allowed value.")]
    [InlineData("SELECT c.name FROM c OFFSET 10 LIMIT 4294967296", "SC2061", 37, 47, "The LIMIT count value exceeds the maximum allowed value.")]
    [InlineData("SELECT c.a, FROM c", "SC1001", 12, 16, "Syntax error, incorrect syntax near 'FROM'.")]
    [InlineData("SELECT * FROM c WHERE", "SC1001", 21, 21, "Syntax error, unexpected end of query.")]
    [InlineData("SELECT c.value FROM c", "SC1001", 9, 14, "Syntax error, incorrect syntax near 'VALUE'.")]
    [InlineData("SELECT 'abc FROM c", "SC1012", 7, 18, "Syntax error, invalid string literal token.")]
    [InlineData("SELECT # FROM c", "SC1001", 7, 8, "Syntax error, incorrect syntax near '#'.")]
    [InlineData("SELECT * FROM c GROUP BY c.age", "SC2041", -1, -1, "'SELECT *' is not allowed with GROUP BY.")]
    [InlineData("SELECT *", "SC2040", -1, -1, "'SELECT *' is not valid if FROM clause is omitted.")]
    [InlineData("SELECT * FROM c JOIN t IN c.tags", "SC2039", -1, -1, "'SELECT *' is only valid with a single input set.")]
    [InlineData("SELECT VALUE MAX(MIN(r)) FROM r", "SC2101", -1, -1,
        "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.")]
    [InlineData("SELECT c.name, COUNT(1) FROM c", "SC2102", -1, -1,
        "Property reference 'c.name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.")]
    [InlineData("SELECT VALUE c.a.b FROM c GROUP BY c.b", "SC2102", -1, -1,
        "Property reference 'c.a.b' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.")]
    [InlineData("SELECT id FROM c", "SC2001", -1, -1, "Identifier 'id' could not be resolved.")]
    [InlineData("SELECT VALUE 1 FROM c JOIN x IN d.items", "SC2001", -1, -1, "Identifier 'd' could not be resolved.")]
    [InlineData("SELECT * FROM c ORDER BY LOWER(c.name)", "2206", -1, -1,
        "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.")]
    [InlineData("SELECT VALUE 1 FROM c JOIN t IN c.tags ORDER BY t.name", "2207", -1, -1, "Order-by over correlated collections is not supported.")]
    [InlineData("SELECT c.a FROM c GROUP BY c.a ORDER BY c.a", "SC2103", -1, -1, "ORDER BY is not supported with GROUP BY.")]
    [InlineData("SELECT * FROM c WHERE COUNT(1) > 1", "SC2100", -1, -1, "The aggregate function 'COUNT' is not allowed here.")]
    [InlineData("SELECT VALUE c.x LIKE 'a' ESCAPE 'ab' FROM c", "SC2070", 33, 37, "The ESCAPE value must be a single character.")]
    [InlineData("SELECT udf.f(1)", "SC2006", 7, 12, "User-defined function 'f' is not registered.")]
    public void Parse_refuses_in_the_words_of_the_service(string query, string code, int start, int end, string message)
    {
        var refusal = Assert.Throws<SqlException>(() => SqlQuery.Parse(query, SqlQueryTests.Parameters("{}")));
        Assert.Equal((code, message, start, end), (refusal.Code, refusal.Error, refusal.Start, refusal.End));
        var error = JsonDocument.Parse(refusal.Message).RootElement.GetProperty("errors")[0];
        Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(start >= 0, error.TryGetProperty("location", out _));
    }

    [Fact]
    public void A_count_parameter_must_be_a_whole_number() =>
        Assert.Throws<SqlException>(() => SqlQuery.Parse("SELECT TOP @n * FROM c", SqlQueryTests.Parameters("""{"@n":1.5}""")));

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("NOT ", 100_000)]
    [InlineData("[", 100_000)]
    [InlineData("- ", 100_000)]
    [InlineData("1 ? ", 100_000)]
    [InlineData("(SELECT VALUE ", 50_000)]
    [InlineData("1 + ", 100_000)]
    [InlineData("true AND ", 100_000)]
    public void Deep_or_long_expressions_are_refused_rather_than_exhausting_the_stack(string prefix, int times)
    {
        var text = "SELECT VALUE " + string.Concat(Enumerable.Repeat(prefix, times)) + "1";
        Assert.Throws<SqlException>(() => SqlQuery.Parse(text, SqlQueryTests.Parameters("{}")));
    }

    [Fact]
    public void Long_but_allowed_chains_evaluate()
    {
        var text = "SELECT VALUE c.id FROM c WHERE " + string.Join(" OR ", Enumerable.Range(0, 1400).Select(i => $"c.id = '{i}'")) + " OR c.id = 'a'";
        SqlQueryTests.AssertResults(text, """["a"]""");
        var many = "SELECT VALUE c.id FROM c WHERE c.id IN (" + string.Join(", ", Enumerable.Range(0, 20_000).Select(i => $"'{i}'")) + ", 'b')";
        SqlQueryTests.AssertResults(many, """["b"]""");
    }

    [Fact]
    public void A_runaway_regular_expression_is_refused()
    {
        var query = SqlQuery.Parse($"SELECT VALUE REGEXMATCH('{new string('a', 40)}!', '^(a+)+$')", SqlQueryTests.Parameters("{}"));
        Assert.Equal("SC3031", Assert.Throws<SqlException>(() => query.Execute([]).ToList()).Code);
    }
}
