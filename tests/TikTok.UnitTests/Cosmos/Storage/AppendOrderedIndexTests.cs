using FsCheck;
using FsCheck.Fluent;
using TikTok.Local.Cosmos.Storage;

namespace TikTok.UnitTests.Cosmos.Storage;

public sealed class AppendOrderedIndexTests
{
    [Fact]
    public void Index_agrees_with_a_sorted_dictionary() => Prop.ForAll(Arb.From(Gen.ListOf(Gen.Choose(0, 999))), steps =>
    {
        var index = new AppendOrderedIndex(static entry => entry.Number);
        var model = new SortedDictionary<long, DocumentEntry>();
        var next = 1;
        foreach (var step in steps)
        {
            // A third adds, a third removes one that is there, the rest replaces one.
            if (step % 3 == 0 || model.Count == 0)
            {
                var entry = Entry(next++);
                index.Add(entry);
                model.Add(entry.Number, entry);
            }
            else
            {
                var old = model.ElementAt(step % model.Count).Value;
                if (step % 3 == 1)
                {
                    index.Remove(old);
                    model.Remove(old.Number);
                }
                else
                {
                    var entry = Entry(old.Number);
                    index.Replace(old, entry);
                    model[old.Number] = entry;
                }
            }
        }

        var from = steps.Count > 0 ? steps[0] % (next + 1) : 0;
        return index.Count == model.Count && index.From(from).SequenceEqual(model.Where(pair => pair.Key >= from).Select(pair => pair.Value));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(400));

    private static DocumentEntry Entry(long number) => new()
    {
        PartitionKey = "[]",
        Id = "x",
        Body = [],
        Number = number,
        Version = number,
        Lsn = number,
        WrittenAt = 0,
    };
}
