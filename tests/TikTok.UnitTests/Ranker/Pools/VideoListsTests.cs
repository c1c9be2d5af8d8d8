using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Retrieval.Pools;

namespace TikTok.UnitTests.Ranker.Pools;

public sealed class VideoListsTests
{
    [Fact]
    public void Lists_are_the_first_of_each_id_in_the_order_given() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var builder = new VideoLists.Builder(3);

            // Twice, because arrays are kept: what was there before must not show.
            for (var round = 0; round < 2; round++)
            {
                var items = random.Next(0, 3_000);
                var idsOf = Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(1_500)).ToArray()).ToArray();
                var rows = Enumerable.Range(0, items).Select(item => item * 7).ToArray();
                var order = Enumerable.Range(0, items).ToArray();
                random.Shuffle(order);
                builder.Clear(items);
                foreach (var ids in idsOf) builder.Add(ids);

                var lists = builder.Build(order, rows, depth: 5);

                var expected = order.SelectMany(item => idsOf[item].Distinct().Select(id => (id, item))).ToLookup(pair => pair.id, pair => rows[pair.item]);
                for (var id = 0L; id < 1_501; id++)
                {
                    var (start, end) = lists.Find(id);
                    Assert.Equal(id == 0 ? [] : expected[id].Take(5), lists.Rows[start..end]);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10));

    [Fact]
    public void Order_is_descending_and_equal_ones_stay_as_they_came() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var order = new DescendingOrder();
            for (var round = 0; round < 2; round++)
            {
                var keys = Enumerable.Range(0, random.Next(2_000)).Select(_ => random.Next(3) == 0 ? random.Next(4) : random.NextSingle() * float.Exp2(random.Next(-100, 100))).ToArray();
                Assert.Equal(Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]), order.Of(keys).ToArray());
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
}
