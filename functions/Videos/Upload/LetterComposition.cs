using System.Collections.Frozen;
using System.Text;

namespace TikTok.Functions.Videos.Upload;

/// <summary>
/// Composes base letters and the marks behind them into single letters, as Unicode normalization form C does for lower-case text whose marks are in
/// canonical order (Unicode Standard Annex 15). The process runs without culture data, where <see cref="string.Normalize()"/> leaves text as it is.
/// </summary>
internal static class LetterComposition
{
    // Hangul syllables compose by arithmetic (Unicode Standard, section 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28;

    /// <summary>By mark: the letters that it composes with, and what each becomes. From the Unicode Character Database's canonical decompositions.</summary>
    private static readonly (char Mark, string Letters, string Composed)[] Table =
    [
        ('\u0300', "aeinouwy\u00a8âêôüăēōơưαεηιουωϊϋеи\u1f00\u1f01\u1f10\u1f11\u1f20\u1f21\u1f30\u1f31\u1f40\u1f41\u1f50\u1f51\u1f60\u1f61\u1fbf\u1ffe", "àèìǹòù\u1e81\u1ef3\u1fed\u1ea7\u1ec1\u1ed3ǜ\u1eb1\u1e15\u1e51\u1edd\u1eeb\u1f70\u1f72\u1f74\u1f76\u1f78\u1f7a\u1f7c\u1fd2\u1fe2ѐѝ\u1f02\u1f03\u1f12\u1f13\u1f22\u1f23\u1f32\u1f33\u1f42\u1f43\u1f52\u1f53\u1f62\u1f63\u1fcd\u1fdd"),
        ('\u0301', "acegiklmnoprsuwyz\u00a8âåæçêïôõøüăēōũơưαεηιουωϊϋϒгк\u1f00\u1f01\u1f10\u1f11\u1f20\u1f21\u1f30\u1f31\u1f40\u1f41\u1f50\u1f51\u1f60\u1f61\u1fbf\u1ffe", "áćéǵí\u1e31ĺ\u1e3fńó\u1e55ŕśú\u1e83ýź\u0385\u1ea5ǻǽ\u1e09\u1ebf\u1e2f\u1ed1\u1e4dǿǘ\u1eaf\u1e17\u1e53\u1e79\u1edb\u1ee9άέήίόύώΐΰϓѓќ\u1f04\u1f05\u1f14\u1f15\u1f24\u1f25\u1f34\u1f35\u1f44\u1f45\u1f54\u1f55\u1f64\u1f65\u1fce\u1fde"),
        ('\u0302', "aceghijosuwyz\u1ea1\u1eb9\u1ecd", "âĉêĝĥîĵôŝûŵŷ\u1e91\u1ead\u1ec7\u1ed9"),
        ('\u0303', "aeinouvyâêôăơư", "ã\u1ebdĩñõũ\u1e7d\u1ef9\u1eab\u1ec5\u1ed7\u1eb5\u1ee1\u1eef"),
        ('\u0304', "aegiouyäæõöüǫȧȯαιυиу\u1e37\u1e5b", "āē\u1e21īōūȳǟǣȭȫǖǭǡȱ\u1fb1\u1fd1\u1fe1ӣӯ\u1e39\u1e5d"),
        ('\u0306', "aegiouȩαιυаежиу\u1ea1", "ăĕğĭŏŭ\u1e1d\u1fb0\u1fd0\u1fe0ӑӗӂйў\u1eb7"),
        ('\u0307', "abcdefghmnoprstwxyzśšſ\u1e63", "ȧ\u1e03ċ\u1e0bė\u1e1fġ\u1e23\u1e41\u1e45ȯ\u1e57\u1e59\u1e61\u1e6b\u1e87\u1e8b\u1e8fż\u1e65\u1e67\u1e9b\u1e69"),
        ('\u0308', "aehiotuwxyõūιυϒаежзиоучыэіәө", "äë\u1e27ïö\u1e97ü\u1e85\u1e8dÿ\u1e4f\u1e7bϊϋϔӓёӝӟӥӧӱӵӹӭїӛӫ"),
        ('\u0309', "aeiouyâêôăơư", "\u1ea3\u1ebb\u1ec9\u1ecf\u1ee7\u1ef7\u1ea9\u1ec3\u1ed5\u1eb3\u1edf\u1eed"),
        ('\u030a', "auwy", "åů\u1e98\u1e99"),
        ('\u030b', "ouу", "őűӳ"),
        ('\u030c', "acdeghijklnorstuzüʒ", "ǎčďěǧȟǐǰǩľňǒřšťǔžǚǯ"),
        ('\u030f', "aeioruѵ", "ȁȅȉȍȑȕѷ"),
        ('\u0311', "aeioru", "ȃȇȋȏȓȗ"),
        ('\u0313', "αεηιορυω", "\u1f00\u1f10\u1f20\u1f30\u1f40\u1fe4\u1f50\u1f60"),
        ('\u0314', "αεηιορυω", "\u1f01\u1f11\u1f21\u1f31\u1f41\u1fe5\u1f51\u1f61"),
        ('\u031b', "ou", "ơư"),
        ('\u0323', "abdehiklmnorstuvwyzơư", "\u1ea1\u1e05\u1e0d\u1eb9\u1e25\u1ecb\u1e33\u1e37\u1e43\u1e47\u1ecd\u1e5b\u1e63\u1e6d\u1ee5\u1e7f\u1e89\u1ef5\u1e93\u1ee3\u1ef1"),
        ('\u0324', "u", "\u1e73"),
        ('\u0325', "a", "\u1e01"),
        ('\u0326', "st", "șț"),
        ('\u0327', "cdeghklnrst", "ç\u1e11ȩģ\u1e29ķļņŗşţ"),
        ('\u0328', "aeiou", "ąęįǫų"),
        ('\u032d', "delntu", "\u1e13\u1e19\u1e3d\u1e4b\u1e71\u1e77"),
        ('\u032e', "h", "\u1e2b"),
        ('\u0330', "eiu", "\u1e1b\u1e2d\u1e75"),
        ('\u0331', "bdhklnrtz", "\u1e07\u1e0f\u1e96\u1e35\u1e3b\u1e49\u1e5f\u1e6f\u1e95"),
        ('\u0338', "\u003c\u003d\u003e\u2190\u2192\u2194\u21d0\u21d2\u21d4\u2203\u2208\u220b\u2223\u2225\u223c\u2243\u2245\u2248\u224d\u2261\u2264\u2265\u2272\u2273\u2276\u2277\u227a\u227b\u227c\u227d\u2282\u2283\u2286\u2287\u2291\u2292\u22a2\u22a8\u22a9\u22ab\u22b2\u22b3\u22b4\u22b5", "\u226e\u2260\u226f\u219a\u219b\u21ae\u21cd\u21cf\u21ce\u2204\u2209\u220c\u2224\u2226\u2241\u2244\u2247\u2249\u226d\u2262\u2270\u2271\u2274\u2275\u2278\u2279\u2280\u2281\u22e0\u22e1\u2284\u2285\u2288\u2289\u22e2\u22e3\u22ac\u22ad\u22ae\u22af\u22ea\u22eb\u22ec\u22ed"),
        ('\u0342', "\u00a8αηιυωϊϋ\u1f00\u1f01\u1f20\u1f21\u1f30\u1f31\u1f50\u1f51\u1f60\u1f61\u1fbf\u1ffe", "\u1fc1\u1fb6\u1fc6\u1fd6\u1fe6\u1ff6\u1fd7\u1fe7\u1f06\u1f07\u1f26\u1f27\u1f36\u1f37\u1f56\u1f57\u1f66\u1f67\u1fcf\u1fdf"),
        ('\u0345', "άήαηωώ\u1f00\u1f01\u1f02\u1f03\u1f04\u1f05\u1f06\u1f07\u1f20\u1f21\u1f22\u1f23\u1f24\u1f25\u1f26\u1f27\u1f60\u1f61\u1f62\u1f63\u1f64\u1f65\u1f66\u1f67\u1f70\u1f74\u1f7c\u1fb6\u1fc6\u1ff6", "\u1fb4\u1fc4\u1fb3\u1fc3\u1ff3\u1ff4\u1f80\u1f81\u1f82\u1f83\u1f84\u1f85\u1f86\u1f87\u1f90\u1f91\u1f92\u1f93\u1f94\u1f95\u1f96\u1f97\u1fa0\u1fa1\u1fa2\u1fa3\u1fa4\u1fa5\u1fa6\u1fa7\u1fb2\u1fc2\u1ff2\u1fb7\u1fc7\u1ff7"),
        ('\u0653', "\u0627", "\u0622"),
        ('\u0654', "\u0627\u0648\u064a\u06c1\u06d2\u06d5", "\u0623\u0624\u0626\u06c2\u06d3\u06c0"),
        ('\u0655', "\u0627", "\u0625"),
        ('\u093c', "\u0928\u0930\u0933", "\u0929\u0931\u0934"),
        ('\u09be', "\u09c7", "\u09cb"),
        ('\u09d7', "\u09c7", "\u09cc"),
        ('\u0b3e', "\u0b47", "\u0b4b"),
        ('\u0b56', "\u0b47", "\u0b48"),
        ('\u0b57', "\u0b47", "\u0b4c"),
        ('\u0bbe', "\u0bc6\u0bc7", "\u0bca\u0bcb"),
        ('\u0bd7', "\u0b92\u0bc6", "\u0b94\u0bcc"),
        ('\u0c56', "\u0c46", "\u0c48"),
        ('\u0cc2', "\u0cc6", "\u0cca"),
        ('\u0cd5', "\u0cbf\u0cc6\u0cca", "\u0cc0\u0cc7\u0ccb"),
        ('\u0cd6', "\u0cc6", "\u0cc8"),
        ('\u0d3e', "\u0d46\u0d47", "\u0d4a\u0d4b"),
        ('\u0d57', "\u0d46", "\u0d4c"),
        ('\u0dca', "\u0dd9\u0ddc", "\u0dda\u0ddd"),
        ('\u0dcf', "\u0dd9", "\u0ddc"),
        ('\u0ddf', "\u0dd9", "\u0dde"),
        ('\u102e', "\u1025", "\u1026"),
        ('\u1b35', "\u1b05\u1b07\u1b09\u1b0b\u1b0d\u1b11\u1b3a\u1b3c\u1b3e\u1b3f\u1b42", "\u1b06\u1b08\u1b0a\u1b0c\u1b0e\u1b12\u1b3b\u1b3d\u1b40\u1b41\u1b43"),
        ('\u3099', "\u3046\u304b\u304d\u304f\u3051\u3053\u3055\u3057\u3059\u305b\u305d\u305f\u3061\u3064\u3066\u3068\u306f\u3072\u3075\u3078\u307b\u309d\u30a6\u30ab\u30ad\u30af\u30b1\u30b3\u30b5\u30b7\u30b9\u30bb\u30bd\u30bf\u30c1\u30c4\u30c6\u30c8\u30cf\u30d2\u30d5\u30d8\u30db\u30ef\u30f0\u30f1\u30f2\u30fd", "\u3094\u304c\u304e\u3050\u3052\u3054\u3056\u3058\u305a\u305c\u305e\u3060\u3062\u3065\u3067\u3069\u3070\u3073\u3076\u3079\u307c\u309e\u30f4\u30ac\u30ae\u30b0\u30b2\u30b4\u30b6\u30b8\u30ba\u30bc\u30be\u30c0\u30c2\u30c5\u30c7\u30c9\u30d0\u30d3\u30d6\u30d9\u30dc\u30f7\u30f8\u30f9\u30fa\u30fe"),
        ('\u309a', "\u306f\u3072\u3075\u3078\u307b\u30cf\u30d2\u30d5\u30d8\u30db", "\u3071\u3074\u3077\u307a\u307d\u30d1\u30d4\u30d7\u30da\u30dd"),
    ];

    private static readonly FrozenDictionary<(char Letter, char Mark), char> Compositions = Table
        .SelectMany(row => row.Letters.Zip(row.Composed, (letter, composed) => KeyValuePair.Create((letter, row.Mark), composed)))
        .ToFrozenDictionary();

    public static string Compose(string text)
    {
        StringBuilder? composed = null;
        for (var i = 1; i < text.Length; i++)
        {
            var last = composed is null ? text[i - 1] : composed[^1];
            if (Join(last, text[i]) is { } joined)
            {
                composed ??= new StringBuilder(text, 0, i, text.Length);
                composed[^1] = joined;
            }
            else
            {
                composed?.Append(text[i]);
            }
        }
        return composed?.ToString() ?? text;
    }

    private static char? Join(char last, char next)
    {
        if (last - LeadBase is >= 0 and < LeadCount && next - VowelBase is >= 0 and < VowelCount)
            return (char)(SyllableBase + ((last - LeadBase) * VowelCount + (next - VowelBase)) * TrailCount);
        if (last - SyllableBase is >= 0 and < LeadCount * VowelCount * TrailCount && (last - SyllableBase) % TrailCount == 0 && next - TrailBase is > 0 and < TrailCount)
            return (char)(last + next - TrailBase);
        return Compositions.TryGetValue((last, next), out var composed) ? composed : null;
    }
}
