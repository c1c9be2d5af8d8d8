using System.Numerics.Tensors;
using FsCheck;
using FsCheck.Fluent;
using TikTok.Ranker.Retrieval.Towers;

namespace TikTok.UnitTests.Ranker.Towers;

public sealed class TowerVectorTests
{
    private const int Dimensions = 16;
    private const float Radius = 3;

    [Fact]
    public void All_videos_are_as_long_as_the_radius_so_that_the_angle_orders_them_as_the_inner_product_does() =>
        Prop.ForAll(Vector(), Vector(), Vector(), (first, second, person) =>
        {
            TowerVector.CompleteVideo(first, Radius);
            TowerVector.CompleteVideo(second, Radius);
            TowerVector.CompletePerson(person);
            Assert.Equal(Radius, TensorPrimitives.Norm<float>(first), 1e-3);
            Assert.Equal(Radius, TensorPrimitives.Norm<float>(second), 1e-3);
            var byProduct = TensorPrimitives.Dot<float>(person, first) - TensorPrimitives.Dot<float>(person, second);
            var byAngle = TensorPrimitives.CosineSimilarity<float>(person, first) - TensorPrimitives.CosineSimilarity<float>(person, second);
            return MathF.Abs(byProduct) < 1e-3 || MathF.Sign(byProduct) == MathF.Sign(byAngle);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_vector_within_the_radius_keeps_its_learned_part_and_its_bias()
    {
        float[] vector = [1, 0, 0, 2, 0.5f, 99];

        TowerVector.CompleteVideo(vector, Radius);

        Assert.Equal([1, 0, 0, 2, 0.5f], vector[..^1]);
        Assert.Equal(MathF.Sqrt(9 - 5.25f), vector[^1]);
    }

    private static Arbitrary<float[]> Vector() =>
        Gen.Choose(-2_000, 2_000).Select(n => n / 1_000f).ArrayOf(Dimensions).ToArbitrary();
}
