using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Cosmos.Sql;

namespace TikTok.UnitTests.Cosmos.Sql;

public sealed class SqlPropertyTests
{
    private static readonly string[] Names = ["a", "b", "items", "order", "x y", "é"];

    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void Printing_and_parsing_an_expression_gives_it_back() =>
        Check(Prop.ForAll(Arb.From(Expressions(4)), expression => SqlParser.ParseExpression(SqlPrinter.Print(expression)).Equals(expression)));

    [Fact]
    public void Order_by_is_the_stable_sort_of_the_type_order() =>
        Check(Prop.ForAll(Arb.From(Gen.ListOf(Values(2))), Arb.From(Gen.Choose(0, 12)), (values, limit) =>
        {
            var documents = values.Select((value, index) => value is null ? $$"""{"i":{{index}}}""" : $$"""{"i":{{index}},"v":{{value}}}""").Select(Element).ToList();
            var expected = documents.Order(Comparer<JsonElement>.Create(static (x, y) => Reference(x, y))).Select(Index).ToList();
            var backwards = documents.OrderDescending(Comparer<JsonElement>.Create(static (x, y) => Reference(x, y))).Select(Index).ToList();
            return Run("SELECT * FROM c ORDER BY c.v", documents).SequenceEqual(expected)
                && Run("SELECT * FROM c ORDER BY c.v DESC", documents).SequenceEqual(backwards)
                && Run($"SELECT TOP {limit} * FROM c ORDER BY c.v", documents).SequenceEqual(expected.Take(limit))
                && Run($"SELECT * FROM c ORDER BY c.v OFFSET 2 LIMIT {limit}", documents).SequenceEqual(expected.Skip(2).Take(limit));
        }));

    [Fact]
    public void A_filter_a_negated_filter_and_an_undefined_one_partition_the_documents() =>
        Check(Prop.ForAll(Arb.From(Expressions(3)), Arb.From(Gen.ListOf(Values(2))), (condition, values) =>
        {
            var documents = values.Select((value, index) => Element($$"""{"i":{{index}},"a":{{value ?? "0"}}}""")).ToList();
            var text = SqlPrinter.Print(condition);
            var yes = Run($"SELECT * FROM c WHERE {text}", documents);
            var no = Run($"SELECT * FROM c WHERE NOT ({text})", documents);
            var neither = Run($"SELECT * FROM c WHERE NOT IS_BOOL({text})", documents);
            return yes.Concat(no).Concat(neither).Order().SequenceEqual(Enumerable.Range(0, documents.Count));
        }));

    [Fact]
    public void De_Morgan_holds_with_undefined() =>
        Check(Prop.ForAll(Arb.From(Expressions(3)), Arb.From(Expressions(3)), (left, right) =>
        {
            var (l, r) = (SqlPrinter.Print(left), SqlPrinter.Print(right));
            var documents = new List<JsonElement> { Element("""{"a":1,"b":"x"}"""), Element("{}") };
            return Texts($"SELECT NOT ({l} AND {r}) AS v FROM c", documents).SequenceEqual(Texts($"SELECT (NOT {l}) OR (NOT {r}) AS v FROM c", documents));
        }));

    [Fact]
    public void The_pages_of_a_resumed_order_by_are_the_whole_of_it() =>
        Check(Prop.ForAll(Arb.From(Gen.ListOf(Gen.Choose(0, 5))), Arb.From(Gen.Choose(0, 30)), Arb.From(Gen.Elements("ASC", "DESC")), (keys, cut, direction) =>
        {
            var documents = keys.Select((key, index) => Element($$"""{"i":{{index}},"v":{{key}},"_rid":"{{Rid(index)}}"}""")).ToList();
            var query = $"SELECT * FROM c ORDER BY c.v {direction}";
            var whole = Run(query, documents);
            if (whole.Count == 0) return true;
            cut %= whole.Count;
            var last = documents[whole[cut]];
            var filter = Element($$"""{"value":[{{last.GetProperty("v")}}],"rid":"{{last.GetProperty("_rid")}}","exclude":false}""");
            var rest = SqlQuery.Parse(query, SqlQueryTests.Parameters("{}"), filter, null).Execute(documents).Select(Index);
            return rest.SequenceEqual(whole.Skip(cut));
        }));

    [Fact]
    public void Parse_of_any_text_throws_nothing_but_its_own_refusal()
    {
        string[] fragments =
        [
            "SELECT", "VALUE", "*", "FROM", "c", "JOIN", "x", "IN", "c.items", "WHERE", "=", "'a'", "\"b", "1", "-", "1e", ".", "(", ")", "[", "]", "{", "}",
            ",", ":", "?", "??", "AND", "NOT", "BETWEEN", "LIKE", "ESCAPE", "ORDER", "BY", "GROUP", "c.n", "DESC", "OFFSET", "LIMIT", "TOP", "@p", "COUNT(1)",
            "SUM(c.n)", "EXISTS(", "ARRAY(", "DISTINCT", "undefined", "null", "udf.f", "\\", "\0", "'\\u00", "LEFT(", "AS", "||", "|", "99999999999",
        ];
        var soup = Gen.ListOf(Gen.Elements(fragments)).Select(parts => string.Join(' ', parts));
        var headed = soup.Select(text => "SELECT * FROM c WHERE " + text);
        var anything = Gen.OneOf(soup, headed, ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));
        var outcome = Prop.ForAll(Arb.From(anything), text =>
        {
            try
            {
                var query = SqlQuery.Parse(text, SqlQueryTests.Parameters("""{"@p":1}"""));
                _ = query.Execute(SqlQueryTests.Elements(SqlQueryTests.Documents)).ToList();
                _ = query.Plan([["/id"]]);
            }
            catch (SqlException)
            {
                return true;
            }

            return true;
        });
        outcome.Check(Settings.WithMaxTest(3000));
    }

    private static void Check(Property property) => property.Check(Settings);

    private static string Rid(int number)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes.AsSpan(8), (ulong)number + 1);
        return Convert.ToBase64String(bytes).Replace('/', '-');
    }

    private static List<int> Run(string query, List<JsonElement> documents) =>
        SqlQuery.Parse(query, SqlQueryTests.Parameters("{}")).Execute(documents).Select(Index).ToList();

    private static List<string> Texts(string query, List<JsonElement> documents) =>
        SqlQuery.Parse(query, SqlQueryTests.Parameters("{}")).Execute(documents).Select(result => result.GetRawText()).ToList();

    private static int Index(JsonElement document) => document.GetProperty("i").GetInt32();

    private static JsonElement Element(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>The type order written down a second time, over JSON itself. Keys equal in it keep their places.</summary>
    private static int Reference(JsonElement x, JsonElement y)
    {
        var left = x.TryGetProperty("v", out var xv) ? xv : default;
        var right = y.TryGetProperty("v", out var yv) ? yv : default;
        return ReferenceValues(left, right);
    }

    private static int ReferenceValues(JsonElement left, JsonElement right)
    {
        static int Rank(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Undefined => 0,
            JsonValueKind.Null => 1,
            JsonValueKind.False => 2,
            JsonValueKind.True => 3,
            JsonValueKind.Number => 4,
            JsonValueKind.String => 5,
            JsonValueKind.Array => 6,
            _ => 7,
        };

        if (Rank(left) != Rank(right)) return Rank(left) - Rank(right);
        if (left.ValueKind == JsonValueKind.Number) return left.GetDouble().CompareTo(right.GetDouble());
        if (left.ValueKind == JsonValueKind.String) return string.CompareOrdinal(left.GetString(), right.GetString());
        if (left.ValueKind != JsonValueKind.Array) return 0;
        var items = left.EnumerateArray().Zip(right.EnumerateArray(), ReferenceValues).FirstOrDefault(order => order != 0);
        return items != 0 ? items : left.GetArrayLength() - right.GetArrayLength();
    }

    /// <summary>JSON texts, null for a missing property; objects are empty, so that all of them are equal.</summary>
    private static Gen<string?> Values(int depth)
    {
        var scalar = Gen.OneOf(
            Gen.Elements<string?>(null, "null", "true", "false", "{}", "\"\"", "\"B\"", "\"a\"", "\"é\"", "\"aa\""),
            Gen.Choose(-3, 3).Select(number => (string?)(number / 2.0).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (depth == 0) return scalar;
        var array = Gen.ListOf(Values(depth - 1)).Select(items => (string?)$"[{string.Join(',', items.Where(item => item is not null).Take(3))}]");
        return Gen.Frequency((4, scalar), (1, array));
    }

    private static Gen<SqlExpression> Expressions(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements<SqlExpression>(new UndefinedLiteral(), new NullLiteral(), new BooleanLiteral(true), new BooleanLiteral(false)),
            Gen.Choose(-50, 50).Select(SqlExpression (number) => new NumberLiteral(number / 4.0)),
            Gen.Elements("", "a", "it's \"so\"", "\\\n\t\u0001", "%a_").Select(SqlExpression (text) => new StringLiteral(text)),
            Gen.Constant<SqlExpression>(new IdentifierExpression("c")),
            Gen.Constant<SqlExpression>(new MemberExpression(new IdentifierExpression("c"), "a")),
            Gen.Elements(Names).Select(SqlExpression (name) => new IndexExpression(new IdentifierExpression("c"), new StringLiteral(name))));
        if (depth == 0) return leaf;
        var inner = Expressions(depth - 1);
        var list = Gen.ListOf(inner).Select(items => new SqlList<SqlExpression>([.. items.Take(3)]));
        var pair = inner.Zip(inner);
        var flag = Gen.Elements(true, false);
        return Gen.Frequency(
            (2, leaf),
            (3, Gen.Elements(Enum.GetValues<SqlBinaryOperator>()).Zip(pair, SqlExpression (symbol, sides) => new BinaryExpression(symbol, sides.Item1, sides.Item2))),
            (1, Gen.Elements(Enum.GetValues<SqlUnaryOperator>()).Zip(inner, SqlExpression (symbol, operand) => new UnaryExpression(symbol, operand))),
            (1, pair.Zip(inner, SqlExpression (first, third) => new ConditionalExpression(first.Item1, first.Item2, third))),
            (1, pair.Zip(inner).Zip(flag, SqlExpression (parts, negated) => new BetweenExpression(parts.Item1.Item1, parts.Item1.Item2, parts.Item2, negated))),
            (1, inner.Zip(list).Zip(flag, SqlExpression (parts, negated) => new InExpression(
                parts.Item1, parts.Item2.Count > 0 ? parts.Item2 : new SqlList<SqlExpression>([new NullLiteral()]), negated))),
            (1, pair.Zip(flag, SqlExpression (sides, negated) => new LikeExpression(sides.Item1, sides.Item2, negated ? "!" : null, negated))),
            (1, list.Select(SqlExpression (items) => new ArrayExpression(items))),
            (1, list.Select(SqlExpression (items) => new ObjectExpression(new SqlList<SqlProperty>(
                items.Select((item, index) => new SqlProperty(Names[index], item)).ToList())))),
            (1, Gen.Elements("IS_DEFINED", "ABS", "LOWER", "ARRAY_LENGTH").Zip(inner, SqlExpression (name, argument) =>
                new CallExpression(name, new SqlList<SqlExpression>([argument])))),
            (1, inner.Select(SqlExpression (target) => new MemberExpression(new ArrayExpression(new SqlList<SqlExpression>([target])), "b"))));
    }
}
