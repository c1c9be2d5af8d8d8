using Microsoft.AspNetCore.Http;
using TikTok.Local.Functions.Binding;

namespace TikTok.Local.Functions.Http;

/// <summary>One request as a trigger's value; route values bind parameters by name.</summary>
internal sealed class HttpInput(HttpContext http) : TriggerInput
{
    public override string Reason => $"{http.Request.Method} {http.Request.Path}";

    public override IReadOnlyDictionary<string, object?> BindingData
    {
        get
        {
            var data = Data();
            foreach (var (name, value) in http.Request.Query)
            {
                data[name] = value.ToString();
            }

            foreach (var (name, value) in http.Request.RouteValues)
            {
                data[name] = value;
            }

            return data;
        }
    }

    public override ValueTask<object?> BindAsync(Type target, CancellationToken cancellationToken) => ValueTask.FromResult<object?>(http.Request);
}
