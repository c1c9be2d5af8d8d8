using System.Globalization;

namespace TikTok.Ranker.Training.Retrieval;

/// <summary>Who watched what, split into three parts, and what is known of the items. Users and items are numbered from 0.</summary>
/// <param name="Train">Users × items.</param>
/// <param name="Validation">Hyper-parameters are chosen on it and on nothing else. Empty when it was not given.</param>
/// <param name="Test">Read by the final measurement only.</param>
/// <param name="Features">One matrix per modality, items × its dimensions.</param>
public sealed record InteractionDataset(SparseMatrix Train, SparseMatrix Validation, SparseMatrix Test, IReadOnlyList<DenseMatrix> Features)
{
    /// <summary>
    /// <c>train.tsv</c>, <c>test.tsv</c>, optionally <c>valid.tsv</c> (a line is user, tab, item) and any <c>*_feat.npy</c> (items × dimensions, in the
    /// order of their names).
    /// </summary>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it, and the line.</exception>
    public static InteractionDataset Load(string directory)
    {
        var train = Pairs(Path.Combine(directory, "train.tsv"));
        var valid = File.Exists(Path.Combine(directory, "valid.tsv")) ? Pairs(Path.Combine(directory, "valid.tsv")) : [];
        var test = Pairs(Path.Combine(directory, "test.tsv"));
        if (train.Count == 0 || test.Count == 0) throw new InvalidDataException($"{directory}: train.tsv and test.tsv must hold at least one pair.");
        DenseMatrix[] features = [.. Directory.GetFiles(directory, "*_feat.npy").Order(StringComparer.Ordinal).Select(NpyReader.Read)];

        var all = train.Concat(valid).Concat(test).ToList();
        var users = all.Max(pair => pair.User) + 1;
        var items = Math.Max(all.Max(pair => pair.Item) + 1, features.Select(f => f.Rows).DefaultIfEmpty(0).Max());
        if (features.FirstOrDefault(f => f.Rows != items) is { } short_)
            throw new InvalidDataException($"{directory}: a *_feat.npy has {short_.Rows} rows for {items} items.");
        return new InteractionDataset(
            SparseMatrix.OfPairs(users, items, train), SparseMatrix.OfPairs(users, items, valid), SparseMatrix.OfPairs(users, items, test), features);
    }

    private static List<(int User, int Item)> Pairs(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"{path} is missing.");
        var pairs = new List<(int, int)>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0 || !Number(line.AsSpan(..tab), out var user) || !Number(line.AsSpan((tab + 1)..), out var item))
                throw new InvalidDataException($"{path}, line {index + 1}: a user's number, a tab and an item's number are expected.");
            pairs.Add((user, item));
        }
        return pairs;

        static bool Number(ReadOnlySpan<char> text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < int.MaxValue;
    }
}
