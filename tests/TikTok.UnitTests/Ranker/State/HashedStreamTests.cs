using TikTok.Ranker.State;

namespace TikTok.UnitTests.Ranker.State;

public sealed class HashedStreamTests
{
    [Fact]
    public void The_hash_is_of_what_is_passed_on_also_where_the_memory_is_written_to_meanwhile()
    {
        var memory = new byte[200_000];
        new Random(1).NextBytes(memory);
        var passedOn = new Meddler(memory);
        var hashed = new HashedStream(passedOn);

        hashed.Write(memory);
        hashed.Write(memory.AsSpan(0, 1_000));

        passedOn.Position = 0;
        Assert.Equal(201_000, passedOn.Length);
        Assert.Equal(HashedStream.HashOf(passedOn), hashed.Hash);
    }

    /// <summary>Changes the memory that is being written before it writes, as another thread might.</summary>
    private sealed class Meddler(byte[] memory) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            foreach (ref var value in memory.AsSpan()) value++;
            base.Write(buffer);
        }
    }
}
