using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>Conditions of patch operations: <c>from c where …</c>.</summary>
public static class SqlPredicate
{
    /// <param name="clause">The condition, with its FROM clause.</param>
    /// <param name="parameters">Parameter values by name.</param>
    /// <param name="document">The document that is to be patched.</param>
    /// <exception cref="SqlException">The service would refuse the condition.</exception>
    public static bool Matches(string clause, IReadOnlyDictionary<string, JsonElement> parameters, JsonElement document)
    {
        var compiler = new SqlCompiler(parameters, TimeProvider.System);
        var block = compiler.CompileBlock(SqlParser.ParseCondition(clause), null);
        return block.Execute(new SqlFrame(compiler.Variables, compiler.Aggregates, [document])).Any();
    }
}
