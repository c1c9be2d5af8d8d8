using System.Text.Json;

namespace TikTok.Local.Cosmos.Sql;

/// <summary>
/// A query the service would refuse with 400. <see cref="Exception.Message"/> is the error document of the service:
/// <c>{"errors":[{"severity":"Error","location":{"start":7,"end":14},"code":"SC2005","message":"…"}]}</c>.
/// </summary>
public sealed class SqlException : Exception
{
    internal SqlException(string code, string error, int start, int end)
        : base(Describe(code, error, start, end))
    {
        Code = code;
        Error = error;
        Start = start;
        End = end;
    }

    /// <summary>Diagnostic code of the service: <c>SC1001</c> is a syntax error, <c>SC2xxx</c> are semantic ones.</summary>
    public string Code { get; }

    /// <summary>The sentence alone.</summary>
    public string Error { get; }

    /// <summary>First character of the offending text, zero-based; -1 where the service states no location.</summary>
    public int Start { get; }

    /// <summary>One past the last character of the offending text; -1 where the service states no location.</summary>
    public int End { get; }

    private static string Describe(string code, string error, int start, int end)
    {
        var quoted = JsonSerializer.Serialize(error, SqlJson.Relaxed);
        var location = start < 0 ? "" : $"\"location\":{{\"start\":{start},\"end\":{end}}},";
        return $"{{\"errors\":[{{\"severity\":\"Error\",{location}\"code\":\"{code}\",\"message\":{quoted}}}]}}";
    }
}
