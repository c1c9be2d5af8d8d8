using System.Runtime.InteropServices;
using System.Text;
using TikTok.Ranker.Ranking;

namespace TikTok.Ranker.Training.Dlrm;

/// <summary>Dense weights as bytes: a version, then per tensor its name, shape and values. Little-endian.</summary>
public static class DlrmWeightsFormat
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "TTDLRMWT"u8;

    public static void Write(Stream stream, DlrmWeights weights)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(weights.Tensors.Count);
        foreach (var tensor in weights.Tensors)
        {
            writer.Write(tensor.Name);
            writer.Write(tensor.Rows);
            writer.Write(tensor.Columns);
            writer.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
        }
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Write"/> wrote, or of another shape.</exception>
    public static void Read(Stream stream, DlrmWeights weights)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) throw new InvalidDataException("These are no weights.");
            if (reader.ReadInt32() is var version and not Version) throw new InvalidDataException($"The weights have version {version}; this program reads {Version}.");
            if (reader.ReadInt32() != weights.Tensors.Count) throw new InvalidDataException("The weights are of another shape.");
            foreach (var tensor in weights.Tensors)
            {
                if (reader.ReadString() != tensor.Name || reader.ReadInt32() != tensor.Rows || reader.ReadInt32() != tensor.Columns)
                    throw new InvalidDataException($"'{tensor.Name}' is missing or of another shape.");
                stream.ReadExactly(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The weights end too early.", e);
        }
    }
}
