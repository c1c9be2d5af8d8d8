using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>Reads NumPy's <c>.npy</c> files (format versions 1 to 3): matrices of little-endian 16-, 32- or 64-bit floats in row order.</summary>
public static partial class NpyReader
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="InvalidDataException">No such file, or one of another shape, type or order; the message names the file.</exception>
    public static DenseMatrix Read(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path));
        }
        catch (InvalidDataException invalid)
        {
            throw new InvalidDataException($"{path}: {invalid.Message}", invalid);
        }
    }

    /// <exception cref="InvalidDataException">What is wrong with the bytes.</exception>
    public static DenseMatrix Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file.StartsWith(Magic)) throw new InvalidDataException("not an .npy file.");
        var version = file[6];
        if (version is < 1 or > 3) throw new InvalidDataException($"format version {version} is unknown.");
        var (start, length) = version == 1 ? (10, BinaryPrimitives.ReadUInt16LittleEndian(file[8..])) : (12, BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
        if (file.Length - start < length) throw new InvalidDataException("the header is cut off.");
        var header = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        var data = file[(start + (int)length)..];

        var type = TypePattern().Match(header).Groups[1].Value;
        var size = type switch { "<f2" => 2, "<f4" => 4, "<f8" => 8, _ => throw new InvalidDataException($"the type is '{type}': <f2, <f4 or <f8 is needed.") };
        if (!header.Contains("'fortran_order': False", StringComparison.Ordinal)) throw new InvalidDataException("the order is Fortran's (by columns): row order is needed.");
        var shape = ShapePattern().Match(header);
        if (!shape.Success
            || !int.TryParse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var columns))
            throw new InvalidDataException("the shape is not (rows, columns).");
        if (data.Length != (long)rows * columns * size) throw new InvalidDataException($"{data.Length} bytes of data where {rows} × {columns} × {size} are announced.");

        var matrix = new DenseMatrix(rows, columns);
        for (var at = 0; at < matrix.Values.Length; at++)
        {
            var value = data[(at * size)..];
            matrix.Values[at] = size switch
            {
                2 => (float)BinaryPrimitives.ReadHalfLittleEndian(value),
                4 => BinaryPrimitives.ReadSingleLittleEndian(value),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
            };
            if (!float.IsFinite(matrix.Values[at])) throw new InvalidDataException($"row {at / columns} holds a value that is not a finite number.");
        }
        return matrix;
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'", RegexOptions.None, 1000)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape':\s*\((\d+),\s*(\d+)\)", RegexOptions.None, 1000)]
    private static partial Regex ShapePattern();
}
