using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TikTok.Local.Up.Demo;

/// <summary>A clip to be uploaded as demo content.</summary>
/// <param name="VideoId">The same at every start, so that a clip is uploaded once.</param>
/// <param name="Path">The file; a rendered clip's appears when it is rendered.</param>
/// <param name="Title">What the video is called.</param>
/// <param name="Description">With hashtags.</param>
/// <param name="Recipe">How to render it; null for a file that somebody gave.</param>
public sealed record DemoClip(string VideoId, string Path, string Title, string Description, RenderRecipe? Recipe)
{
    private static readonly string[] Extensions = [".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi"];

    // What the built-in clips say of their age; fixed, as their ids must be.
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The clips that ffmpeg renders.</summary>
    /// <param name="directory">Where they are rendered to.</param>
    public static IReadOnlyList<DemoClip> Rendered(string directory) =>
    [
        .. RenderRecipe.All.Select((recipe, index) => new DemoClip(
            IdOf(Epoch.AddMinutes(index), "rendered " + recipe.Name), System.IO.Path.Combine(directory, recipe.Name + ".mp4"),
            recipe.Title, $"{recipe.Title}, drawn by ffmpeg. #demo #{recipe.Name}", recipe)),
    ];

    /// <summary>The clips lying in a directory, by name.</summary>
    public static IReadOnlyList<DemoClip> Given(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFiles()
            .Where(file => Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file =>
            {
                var title = System.IO.Path.GetFileNameWithoutExtension(file.Name).Replace('-', ' ').Replace('_', ' ');
                return new DemoClip(
                    IdOf(file.LastWriteTimeUtc, $"given {file.Name} {file.Length}"), file.FullName, title, $"{title} #media", Recipe: null);
            }),
    ];

    /// <summary>A UUIDv7 (RFC 9562 §5.7) in lower-case base32hex whose random bits come from <paramref name="name"/>.</summary>
    internal static string IdOf(DateTimeOffset at, string name)
    {
        Span<byte> bytes = stackalloc byte[16];
        SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16).CopyTo(bytes);
        Span<byte> milliseconds = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(milliseconds, at.ToUnixTimeMilliseconds());
        milliseconds[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(26, value, static (chars, v) =>
        {
            const string alphabet = "0123456789abcdefghijklmnopqrstuv";
            for (var i = chars.Length - 1; i >= 0; i--, v >>= 5) chars[i] = alphabet[(int)(uint)(v & 31)];
        });
    }
}
