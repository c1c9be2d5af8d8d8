using System.Globalization;

namespace TikTok.Local.Telemetry.Otlp;

/// <summary>Attributes of resources, spans, events and data points: <c>KeyValue</c> and <c>AnyValue</c> of OTLP. Values are read as text.</summary>
internal static class OtlpAttributes
{
    public const int MaxCount = 32;
    private const int MaxKey = 128;
    private const int MaxDepth = 8;

    /// <param name="maxValue">Bytes of a value beyond this are left out.</param>
    public static void Add(ReadOnlySpan<byte> keyValue, List<KeyValuePair<string, string>> attributes, int maxValue = 512)
    {
        var reader = new ProtobufReader(keyValue);
        var (key, value) = ("", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(MaxKey); break;
                case 2: value = Value(reader.Bytes(), maxValue, depth: 0); break;
                default: reader.Skip(); break;
            }
        }
        if (attributes.Count < MaxCount) attributes.Add(new(key, value));
    }

    /// <summary><c>service.name</c> of a <c>Resource</c>.</summary>
    public static string ServiceOf(ReadOnlySpan<byte> resource)
    {
        var reader = new ProtobufReader(resource);
        var attributes = new List<KeyValuePair<string, string>>();
        while (reader.Next())
        {
            if (reader.Field == 1) Add(reader.Bytes(), attributes);
            else reader.Skip();
        }
        var service = attributes.Find(a => a.Key == "service.name").Value;
        return service is { Length: > 0 } ? service : "unknown";
    }

    private static string Value(ReadOnlySpan<byte> anyValue, int most, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException("The protobuf message is malformed: values are nested too deep.");
        var reader = new ProtobufReader(anyValue);
        var text = "";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.Text(most); break;
                case 2: text = reader.Varint() == 0 ? "false" : "true"; break;
                case 3: text = ((long)reader.Varint()).ToString(CultureInfo.InvariantCulture); break;
                case 4: text = reader.Double().ToString(CultureInfo.InvariantCulture); break;
                case 5: text = $"[{List(reader.Bytes(), most, depth + 1)}]"; break;
                case 7: text = $"{reader.Bytes().Length} bytes"; break;
                default: reader.Skip(); break;
            }
        }
        return text;
    }

    private static string List(ReadOnlySpan<byte> arrayValue, int most, int depth)
    {
        var reader = new ProtobufReader(arrayValue);
        var values = new List<string>();
        while (reader.Next())
        {
            if (reader.Field == 1 && values.Count < MaxCount) values.Add(Value(reader.Bytes(), most, depth));
            else reader.Skip();
        }
        return string.Join(", ", values);
    }
}
