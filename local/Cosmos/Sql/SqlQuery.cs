using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// A query in the query language of Azure Cosmos DB for NoSQL, parsed and compiled once. Instances hold no state of a run and may be
/// used by several threads.
/// </summary>
public sealed class SqlQuery
{
    private readonly SqlSelect _syntax;
    private readonly SqlCompiler _compiler;
    private readonly SqlBlock _block;

    private SqlQuery(SqlSelect syntax, SqlCompiler compiler, SqlBlock block)
    {
        _syntax = syntax;
        _compiler = compiler;
        _block = block;
    }

    /// <summary>
    /// Whether results come while documents are read, in their order: no ORDER BY, GROUP BY, DISTINCT or aggregate. Other queries
    /// read all documents before they give the first result.
    /// </summary>
    public bool IsStreaming => _block.IsStreaming;

    /// <summary>
    /// Whether running the query over one document after another gives the same as running it over all at once, so that a caller
    /// may stop after any document and go on with the next one later: streaming, from the documents, without TOP, OFFSET or LIMIT.
    /// </summary>
    public bool IsPerDocument => _block.IsPerDocument;

    /// <param name="text">The query.</param>
    /// <param name="parameters">Parameter values by name, with or without the leading <c>@</c>; an absent one is undefined.</param>
    /// <exception cref="SqlException">The service would refuse the query.</exception>
    public static SqlQuery Parse(string text, IReadOnlyDictionary<string, JsonElement> parameters) => Parse(text, parameters, null, null);

    /// <param name="text">The query.</param>
    /// <param name="parameters">Parameter values by name, with or without the leading <c>@</c>; an absent one is undefined.</param>
    /// <param name="resumeFilter">
    /// The <c>resumeFilter</c> of the request body, with which the client continues a cross-partition ORDER BY: rows up to the one it
    /// names are left out.
    /// </param>
    /// <param name="time">The clock of the date functions; the system's if null.</param>
    /// <exception cref="SqlException">The service would refuse the query.</exception>
    public static SqlQuery Parse(
        string text, IReadOnlyDictionary<string, JsonElement> parameters, JsonElement? resumeFilter, TimeProvider? time)
    {
        var syntax = SqlParser.ParseQuery(text);
        SqlSemantics.CheckOrder(syntax);
        var compiler = new SqlCompiler(parameters, time ?? TimeProvider.System);
        var resume = resumeFilter is { ValueKind: not JsonValueKind.Null } filter ? SqlResumeFilter.Parse(filter, syntax.OrderBy.Count) : null;
        return new SqlQuery(syntax, compiler, new SqlBlockCompiler(compiler, syntax, null).Compile(resume));
    }

    /// <summary>
    /// Runs the query over the documents of one partition key range or of all. Documents pass through unchanged where the query
    /// selects them whole; other results are built. Evaluated as it is enumerated.
    /// </summary>
    /// <exception cref="SqlException">While enumerating: a regular expression takes too long.</exception>
    public IEnumerable<JsonElement> Execute(IEnumerable<JsonElement> documents)
    {
        var frame = new SqlFrame(_compiler.Variables, _compiler.Aggregates, documents);
        foreach (var result in _block.Execute(frame)) yield return result.ToElement();
    }

    /// <summary>
    /// The <c>partitionedQueryExecutionInfo</c> document, version 2, that a client asks the gateway for: what it has to do itself to
    /// merge the partitions, and the query to send to each of them.
    /// </summary>
    /// <exception cref="SqlException">The query cannot be spread over partitions.</exception>
    public JsonElement Plan(IReadOnlyList<IReadOnlyList<string>> partitionKeyPaths) => SqlPlan.Build(_syntax, _compiler);

    /// <summary>The keys that WHERE pins by comparison with literals or parameters: no document but theirs can be in the result.</summary>
    /// <param name="partitionKeyPaths">Paths such as <c>/userId</c> or <c>/address/city</c>.</param>
    /// <param name="keys">One value per path each; empty if the answer is false.</param>
    public bool TryGetKeys(IReadOnlyList<string> partitionKeyPaths, out IReadOnlyList<SqlKey> keys) =>
        SqlKeys.TryFind(_syntax, _compiler, partitionKeyPaths, out keys);
}
