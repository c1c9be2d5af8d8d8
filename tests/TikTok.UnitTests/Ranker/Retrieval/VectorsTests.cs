using TikTok.Ranker.Training.Retrieval;

namespace TikTok.UnitTests.Ranker.Retrieval;

public class VectorsTests
{
    /// <summary>Whole tiles, parts of tiles, more than one block of rows and of depth.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(8, 3, 32)]
    [InlineData(7, 300, 33)]
    [InlineData(130, 257, 70)]
    public void Products_are_the_sums_of_products(int rows, int depth, int columns)
    {
        var random = new Random(7);
        var left = DenseMatrix.Random(rows, depth, 1, random);
        var right = DenseMatrix.Random(depth, columns, 1, random);
        var product = DenseMatrix.Random(rows, columns, 1, random);
        var ofTransposed = DenseMatrix.Random(rows, columns, 1, random);

        Vectors.Multiply(left, rows, right, product);
        Vectors.MultiplyTransposed(left.Transposed(), depth, right, ofTransposed);

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var expected = Enumerable.Range(0, depth).Sum(k => (double)left.Row(row)[k] * right.Row(k)[column]);
                Assert.Equal(expected, product.Row(row)[column], 1e-3);
                Assert.Equal(expected, ofTransposed.Row(row)[column], 1e-3);
            }
        }
    }

    [Fact]
    public void Rows_beyond_those_asked_for_are_left_as_they_are()
    {
        var product = new DenseMatrix(20, 40);
        Array.Fill(product.Values, 5);
        var random = new Random(7);

        Vectors.Multiply(DenseMatrix.Random(20, 6, 1, random), 10, DenseMatrix.Random(6, 40, 1, random), product);

        Assert.All(product.Values[(10 * 40)..], value => Assert.Equal(5, value));
    }
}
